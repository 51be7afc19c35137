using Rekey.Core.Records;
using Rekey.Trust;
using Rekey.Trust.Lists;

namespace Rekey.Rotations.Planning;

/// <summary>Reads the numbers for the brake from the rotations.</summary>
public sealed class ReadBrake(IRecords<Rotation> rotations, GovernedKeys governedKeys, TimeProvider timeProvider)
{
    /// <param name="cause">The plan's cause: keys that have it already are among those that started.</param>
    public async Task<BrakeReading> ReadAsync(IReadOnlyList<BoundKey> planned, string cause, CancellationToken cancellationToken)
    {
        var since = timeProvider.GetUtcNow() - TimeSpan.FromHours(1);
        var (started, known) = (0, 0);
        var keys = planned.Select(k => k.Key.Id).ToHashSet(StringComparer.Ordinal);
        var affected = keys.ToHashSet(StringComparer.Ordinal);
        await foreach (var (rotation, _) in rotations.ListAsync(Rotation.Live, cancellationToken))
        {
            known += keys.Contains(rotation.Key.Id) && rotation.Knows(cause) ? 1 : 0;

            // Each round makes a version: the hourly limit counts these.
            started += rotation.StartedAt >= since ? rotation.Round : 0;

            // An order that needs no answer starts as soon as its message is read.
            var isOrdered = rotation.Waiting.Any(w => w.DecisionId is null);
            started += isOrdered && (!keys.Contains(rotation.Key.Id) || rotation.Knows(cause)) ? 1 : 0;
            if (rotation.IsRunning || isOrdered)
            {
                affected.Add(rotation.Key.Id);
            }
        }

        var worst = planned
            .Select(k => k.Issuer.Name)
            .Distinct(StringComparer.Ordinal)
            .Select(name => governedKeys.Keys.Where(k => k.Issuer.Name == name).ToList())
            .Select(bound => (Keys: bound.Count, Affected: bound.Count(k => affected.Contains(k.Key.Id))))
            .OrderByDescending(i => (double)i.Affected / i.Keys)
            .FirstOrDefault();
        return new(started, planned.Count - known, worst.Keys, worst.Affected);
    }
}
