using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Rekey.Azure.Storage;
using Rekey.Detections.Campaigns;
using Rekey.Findings;
using Rekey.Functions.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;

namespace Rekey.Functions.Tests.Hosting;

/// <summary>Writes into the ledger of the running app as another instance would.</summary>
internal sealed class LedgerOfApp(RunningApp app)
{
    public async Task RaiseAsync(Finding finding, CancellationToken cancellationToken)
    {
        var ledger = Open();
        await new LedgeredFindings(ledger, new(new(ledger)), TimeProvider.System, NullLogger<LedgeredFindings>.Instance).RaiseAsync(
            finding,
            cancellationToken
        );
    }

    /// <summary>As sweeps keep them: the campaign in the ledger, its tokens in rows whose hash is in the ledger.</summary>
    public async Task KeepAsync(TokenCampaign campaign, IEnumerable<TokenChunk> chunks, CancellationToken cancellationToken)
    {
        var ledger = Open();
        using var reader = new LedgerReader(ledger);
        var campaigns = new LedgerRecords<TokenCampaign>(ledger, reader, rows: null);
        var kept = new HashedRecords<TokenChunk>(
            new LedgerRecords<RecordHash>(ledger, reader, rows: null),
            new TableRecords<HashedRow>(new(app.World.Azurite.ConnectionString), TimeProvider.System)
        );
        Assert.NotNull(await campaigns.InsertAsync(campaign, cancellationToken));
        foreach (var chunk in chunks)
        {
            Assert.NotNull(await kept.InsertAsync(chunk, cancellationToken));
        }
    }

    private SegmentedLedger Open()
    {
        var blobs = new BlobServiceClient(app.World.EvidenceConnection);
        return new(new BlobLedgerSegments(blobs, blobs, TimeProvider.System), new(), TimeProvider.System);
    }
}
