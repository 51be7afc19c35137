using Rekey.Functions.Blocking;
using Rekey.Functions.Trust;
using Rekey.Trust.Publishing;

namespace Rekey.Functions.Checks;

/// <summary>Reads whether this instance can serve the trust list and the blocklist, and whether they have every revocation.</summary>
public sealed class ServedLists(PublishedTrust trust, PublishedBlocklist blocklist, PublicationLedger publications)
{
    public async Task<bool> ServesAsync(CancellationToken cancellationToken)
    {
        await trust.ViewAsync(cancellationToken);
        await blocklist.ViewAsync(cancellationToken);
        return true;
    }

    /// <summary>When the oldest revocation was made that no published list has; null when there is none.</summary>
    public async Task<DateTimeOffset?> OldestUnpublishedAsync(CancellationToken cancellationToken) =>
        (await publications.UnpublishedAsync(cancellationToken)).Values.OrderBy(at => at).Cast<DateTimeOffset?>().FirstOrDefault();
}
