using Rekey.Decisions;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Rotates keys that have grown old, gracefully, so that a departure is nothing unusual.</summary>
public sealed class RotateByAge(IKeyVault vault, TrustLedger trustLedger, IRecords<Rotation> rotations, Estate estate, PlanRotation plan, ReadBrake readBrake, RotationOptions options, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        if (options.MaxKeyAge is not { } age)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var history = await trustLedger.ReadAsync(cancel);
        foreach (var bound in estate.Keys)
        {
            if (TrustListMaker.CurrentOf(history.TrustedOf(bound.Key.Id), now) is not { } current || current.TrustedFrom + age > now && !IsBaseline(current)
                || (await rotations.FindAsync(Rotation.Live, bound.Key.Row, cancel))?.Value.IsActive == true)
            {
                continue;
            }

            var created = IsBaseline(current) ? (await vault.GetKeyAsync(bound.Key, current.Version, cancel)).Created : current.TrustedFrom;
            if (created + age > now)
            {
                continue;
            }

            var (mode, _) = RotationBrake.Apply(options.Mode, await readBrake.ReadAsync([bound], cancel), options);
            await plan.PlanAsync(new(bound.Key, $"age/{current.Version}", Urgency.Graceful, now,
                $"{bound.Key.Id} signs with a version of {created:yyyy-MM-dd}, older than {age.TotalDays:0} days.", [], OnExpiry.Lapse), mode, cancel);
        }
    }

    private static bool IsBaseline(TrustedVersion version) => version.Basis.StartsWith("baseline/", StringComparison.Ordinal);
}
