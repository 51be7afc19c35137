using Rekey.Departures.CuttingOff;

namespace Rekey.Exposures.Audit;

/// <summary>Finds added credentials in the directory's audit log.</summary>
/// <param name="log">Null when no audit log is read: then none is found.</param>
public sealed class AuditedCredentials(IAuditLog? log, ExposureOptions options, TimeProvider timeProvider) : IAddedCredentials
{
    public async Task<IReadOnlyList<AddedCredential>> FindAsync(string personId, CancellationToken cancellationToken)
    {
        var person = personId.ToLowerInvariant();
        return log is null
            ? []
            :
            [
                .. (await log.ChangesAsync(person, timeProvider.GetUtcNow() - options.AuditLookBack, cancellationToken))
                    .Rows.Where(c => c.IsCredential && c.Actor == person && c.Target0.Length > 0)
                    .GroupBy(c => c.Target0, StringComparer.Ordinal)
                    .Select(of => of.MaxBy(c => c.At)!)
                    .OrderBy(c => c.Target0, StringComparer.Ordinal)
                    .Select(c => new AddedCredential(c.Target0, c.AppId, c.Operation, c.At)),
            ];
    }
}
