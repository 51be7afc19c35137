using System.Text;
using Rekey.Azure.Storage;
using Rekey.Azure.Storage.Connections;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;

namespace Rekey.Azure.Tests.Storage;

[Collection(nameof(Azurite))]
public sealed class BlobLedgerSegmentsTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Segments_are_created_once_appended_at_their_end_and_read_from_an_offset()
    {
        var segments = await EmptyAsync();
        Assert.Equal(0, await segments.NewestAsync(Cancel));
        Assert.Null(await segments.ReadAsync(1, 0, 1000, Cancel));

        Assert.True(await segments.CreateAsync(1, Cancel));
        Assert.False(await segments.CreateAsync(1, Cancel));
        Assert.Equal(1, await segments.NewestAsync(Cancel));
        Assert.Equal((0, 0), Shape(await segments.ReadAsync(1, 0, 1000, Cancel)));

        Assert.Equal(AppendOutcome.Appended, await segments.AppendAsync(1, "one\n"u8.ToArray(), 0, Cancel));
        Assert.Equal(AppendOutcome.PositionTaken, await segments.AppendAsync(1, "uno\n"u8.ToArray(), 0, Cancel));
        Assert.Equal(AppendOutcome.Appended, await segments.AppendAsync(1, "two\n"u8.ToArray(), 4, Cancel));

        Assert.Equal("one\ntwo\n", Text(await segments.ReadAsync(1, 0, 1000, Cancel)));
        Assert.Equal("two\n", Text(await segments.ReadAsync(1, 4, 1000, Cancel)));
        Assert.Equal((4, 2), Shape(await segments.ReadAsync(1, 4, 1000, Cancel)));
        Assert.Equal((0, 2), Shape(await segments.ReadAsync(1, 8, 1000, Cancel)));

        Assert.Equal("ne\n", Text(await segments.ReadAsync(1, 1, 3, Cancel)));
        Assert.Equal("one\nt", Text(await segments.ReadAsync(1, 0, 5, Cancel)));
        Assert.Equal((5, 2), Shape(await segments.ReadAsync(1, 0, 5, Cancel)));
        Assert.True(await segments.CreateAsync(12, Cancel));
        Assert.Equal(12, await segments.NewestAsync(Cancel));
    }

    [Fact]
    public async Task Looking_for_what_is_new_is_one_request()
    {
        using var transport = new LosingTransport();
        var clients = azurite.Clients(transport);
        await EmptyAsync();
        var segments = new BlobLedgerSegments(clients.Blobs(), clients.Blobs(retry: false), TimeProvider.System);
        await segments.CreateAsync(1, Cancel);
        await segments.AppendAsync(1, "one\n"u8.ToArray(), 0, Cancel);
        transport.Delivered.Clear();

        Assert.Equal((0, 1), Shape(await segments.ReadAsync(1, 4, 1000, Cancel)));
        Assert.Single(transport.Delivered);
    }

    [Fact]
    public async Task A_segment_that_is_shorter_than_it_was_is_broken()
    {
        var segments = await EmptyAsync();
        await segments.CreateAsync(1, Cancel);
        await segments.AppendAsync(1, "one\n"u8.ToArray(), 0, Cancel);

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => segments.ReadAsync(1, 5, 1000, Cancel));
        Assert.Equal("ledger-broken", refused.Reason);
    }

    [Fact]
    public async Task Of_many_who_append_at_one_place_one_does()
    {
        var segments = await EmptyAsync();
        await segments.CreateAsync(1, Cancel);

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => segments.AppendAsync(1, Encoding.UTF8.GetBytes($"{i}\n"), 0, Cancel))
        );

        Assert.Single(outcomes, AppendOutcome.Appended);
        Assert.Equal((2, 1), Shape(await segments.ReadAsync(1, 0, 1000, Cancel)));
    }

    [Fact]
    public async Task An_append_whose_answer_is_lost_is_sent_once_and_its_outcome_is_open()
    {
        using var transport = new LosingTransport();
        var clients = azurite.Clients(transport);
        await EmptyAsync();
        var segments = new BlobLedgerSegments(clients.Blobs(), clients.Blobs(retry: false), TimeProvider.System);
        await segments.CreateAsync(1, Cancel);
        transport.Loses = request => request.Uri.Query.Contains("comp=appendblock", StringComparison.Ordinal);

        await Assert.ThrowsAsync<IOException>(() => segments.AppendAsync(1, "one\n"u8.ToArray(), 0, Cancel));

        Assert.Single(transport.Delivered, d => d.Contains("comp=appendblock", StringComparison.Ordinal));
        Assert.Equal("one\n", Text(await segments.ReadAsync(1, 0, 1000, Cancel)));
    }

    [Fact]
    public async Task An_append_that_reached_nobody_can_be_tried_later()
    {
        var nowhere = new StorageClients(
            new StorageConnection("Test")
            {
                ConnectionString = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1:1/a;",
            },
            new FakeCredential()
        ).Blobs(retry: false);

        await Assert.ThrowsAsync<RetryLaterException>(() =>
            new BlobLedgerSegments(nowhere, nowhere, TimeProvider.System).AppendAsync(1, "x"u8.ToArray(), 0, Cancel)
        );
    }

    private static (int, int) Shape(SegmentBytes? bytes) => (bytes!.Bytes.Length, bytes.Blocks);

    private static string Text(SegmentBytes? bytes) => Encoding.UTF8.GetString(bytes!.Bytes.Span);

    private async Task<BlobLedgerSegments> EmptyAsync()
    {
        var clients = azurite.Clients();
        await clients.Blobs().GetBlobContainerClient(BlobLedgerSegments.Container).DeleteIfExistsAsync(cancellationToken: Cancel);
        return new BlobLedgerSegments(clients.Blobs(), clients.Blobs(retry: false), TimeProvider.System);
    }
}
