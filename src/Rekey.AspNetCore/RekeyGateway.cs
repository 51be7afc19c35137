using Rekey.AspNetCore.Documents;

namespace Rekey.AspNetCore;

/// <summary>The gateway's lists, for an application that wants to see where they stand or to pull them at once.</summary>
public sealed class RekeyGateway
{
    private readonly GatewayDocuments _documents;

    internal RekeyGateway(GatewayDocuments documents) => _documents = documents;

    /// <summary>What the gateway decides by now.</summary>
    public GatewayStanding Standing => _documents.Standing;

    /// <summary>Pulls both lists now. A failure keeps the lists that the gateway has, and is in the standing.</summary>
    public async Task<GatewayStanding> PullAsync(CancellationToken cancellationToken)
    {
        await _documents.PullAsync(cancellationToken);
        return _documents.Standing;
    }
}
