using System.Text.Json.Serialization.Metadata;
using Azure.Core;
using Azure.Data.Tables;
using Rekey.Azure.Storage;
using Rekey.Azure.Storage.Connections;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Azure.Tests.Storage;

[Collection(nameof(Azurite))]
public sealed class TableRecordsTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly string _table = "t" + Guid.NewGuid().ToString("N");

    public enum Mood
    {
        Calm,
        VeryAngry,
    }

    public sealed record Note(string Partition, string Row, string Text, Mood Mood = Mood.Calm, int? Number = null) : IRecord
    {
        public static int SchemaVersion => 2;

        public IReadOnlyList<string> Lines { get; init; } = [];
    }

    public sealed record NewerNote(string Partition, string Row) : IRecord
    {
        public static int SchemaVersion => 3;
    }

    [Fact]
    public async Task What_was_inserted_is_found_in_a_table_made_on_first_use()
    {
        var notes = Notes();
        Assert.Null(await notes.FindAsync("p", "r", Cancel));
        Assert.Empty(await notes.ListAsync("p", Cancel).ToListAsync(Cancel));
        var note = new Note("p", "r", "ünï\u0000 \"text\"", Mood.VeryAngry, 7) { Lines = ["a", "b"] };

        var inserted = await notes.InsertAsync(note, Cancel);
        var found = await notes.FindAsync("p", "r", Cancel);

        Assert.Equivalent(note, found!.Value, strict: true);
        Assert.Equal(inserted!.ETag, found.ETag);
        var row = (await Raw().GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancel)).Value;
        Assert.Equal(2, row.GetInt32("SchemaVersion"));
        Assert.Contains("\"veryAngry\"", row.GetBinaryData("Body00").ToString());
    }

    [Fact]
    public async Task Of_many_who_insert_or_replace_one_wins()
    {
        var notes = Notes();
        var inserted = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => notes.InsertAsync(new Note("p", "r", $"{i}"), Cancel)));
        var first = Assert.Single(inserted, i => i is not null)!;
        Assert.Equal(first.Value, (await notes.FindAsync("p", "r", Cancel))!.Value with { Lines = first.Value.Lines });

        var replaced = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => notes.ReplaceAsync(first, first.Value with { Text = $"new {i}" }, Cancel))
        );
        var second = Assert.Single(replaced, i => i is not null)!;
        Assert.Equal(second.Value.Text, (await notes.FindAsync("p", "r", Cancel))!.Value.Text);
        Assert.Equal(second.ETag, (await notes.FindAsync("p", "r", Cancel))!.ETag);

        Assert.NotNull(await notes.ReplaceAsync(second, second.Value with { Text = "last" }, Cancel));
        Assert.Null(await notes.ReplaceAsync(second, second.Value with { Text = "late" }, Cancel));
    }

    [Fact]
    public async Task A_record_that_is_gone_is_not_replaced()
    {
        var notes = Notes();
        var note = await notes.InsertAsync(new Note("p", "r", "x"), Cancel);
        await Raw().DeleteEntityAsync("p", "r", cancellationToken: Cancel);

        Assert.Null(await notes.ReplaceAsync(note!, note!.Value, Cancel));
    }

    [Fact]
    public async Task A_record_is_removed_as_it_was_read_only_and_once_gone_is_gone()
    {
        var notes = Notes();
        var first = await notes.InsertAsync(new Note("p", "r", "first"), Cancel);
        var second = await notes.ReplaceAsync(first!, first!.Value with { Text = "second" }, Cancel);

        Assert.False(await notes.RemoveAsync(first, Cancel));
        Assert.NotNull(await notes.FindAsync("p", "r", Cancel));
        Assert.True(await notes.RemoveAsync(second!, Cancel));
        Assert.Null(await notes.FindAsync("p", "r", Cancel));
        Assert.True(await notes.RemoveAsync(second!, Cancel));
    }

    [Fact]
    public async Task A_writer_whose_answer_was_lost_learns_that_it_won()
    {
        using var transport = new LosingTransport();
        var notes = Notes(transport);
        await notes.InsertAsync(new Note("p", "other", "makes the table"), Cancel);

        var lose = 1;
        transport.Loses = request => request.Method == RequestMethod.Post && lose-- > 0;
        var inserted = await notes.InsertAsync(new Note("p", "r", "first"), Cancel);
        Assert.NotNull(inserted);

        lose = 1;
        transport.Loses = request => request.Method == RequestMethod.Put && lose-- > 0;
        var replaced = await notes.ReplaceAsync(inserted, inserted.Value with { Text = "second" }, Cancel);
        Assert.NotNull(replaced);
        Assert.Equal(replaced.ETag, (await notes.FindAsync("p", "r", Cancel))!.ETag);
        Assert.True(lose < 0, "The answers were never lost.");
    }

    [Fact]
    public async Task A_row_of_a_newer_shape_is_refused()
    {
        await Records<NewerNote>().InsertAsync(new NewerNote("p", "r"), Cancel);

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => Notes().FindAsync("p", "r", Cancel));
        Assert.Equal("schema-too-new", refused.Reason);
        refused = await Assert.ThrowsAsync<CannotContinueException>(async () => await Notes().ListAsync("p", Cancel).ToListAsync(Cancel));
        Assert.Equal("schema-too-new", refused.Reason);
    }

    [Fact]
    public async Task A_row_that_somebody_else_wrote_is_refused()
    {
        await Notes().InsertAsync(new Note("p", "fine", ""), Cancel);
        await Raw().AddEntityAsync(new TableEntity("p", "no-version") { ["Body00"] = "{}"u8.ToArray() }, Cancel);
        await Raw().AddEntityAsync(new TableEntity("p", "no-json") { ["SchemaVersion"] = 2, ["Body00"] = "{"u8.ToArray() }, Cancel);

        foreach (var row in (string[])["no-version", "no-json"])
        {
            Assert.Equal(
                "record-unreadable",
                (await Assert.ThrowsAsync<CannotContinueException>(() => Notes().FindAsync("p", row, Cancel))).Reason
            );
        }

        // In a list it comes behind all others, wherever it stands.
        await Notes().InsertAsync(new Note("p", "zz", ""), Cancel);
        var read = new List<string>();
        var refused = await Assert.ThrowsAsync<CannotContinueException>(async () =>
        {
            await foreach (var (note, _) in Notes().ListAsync("p", Cancel))
            {
                read.Add(note.Row);
            }
        });
        Assert.Equal("record-unreadable", refused.Reason);
        Assert.Equal(["no-json", "no-version"], refused.UnreadableRows);
        Assert.Equal(["fine", "zz"], read);

        // Who only looks sees those, and which are missing.
        var readable = await Notes().ListReadableAsync("p", Cancel);
        Assert.Equal(["fine", "zz"], readable.Records.Select(n => n.Row));
        Assert.Equal(["no-json", "no-version"], readable.Unreadable);
        Assert.Equal((null, "no-json"), await Notes().FindReadableAsync("p", "no-json", Cancel));
        Assert.Equal((null, null), await Notes().FindReadableAsync("p", "nobody", Cancel));
    }

    [Fact]
    public async Task A_row_that_was_copied_to_another_place_does_not_speak_there()
    {
        await Notes().InsertAsync(new Note("p", "r", "x"), Cancel);
        var stored = (await Raw().GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancel)).Value;
        foreach (var (partition, row) in new[] { ("p", "other"), ("other", "r") })
        {
            await Raw().AddEntityAsync(new TableEntity(stored) { PartitionKey = partition, RowKey = row }, Cancel);
            Assert.Equal(
                "record-unreadable",
                (await Assert.ThrowsAsync<CannotContinueException>(() => Notes().FindAsync(partition, row, Cancel))).Reason
            );
        }
    }

    [Theory]
    [InlineData(60 * 1024)]
    [InlineData(700_000)]
    public async Task Large_bodies_are_kept_in_pieces_and_shrink_again(int length)
    {
        var notes = Notes();
        var big = await notes.InsertAsync(new Note("p", "r", new string('x', length)), Cancel);
        Assert.Equal(length, (await notes.FindAsync("p", "r", Cancel))!.Value.Text.Length);

        await notes.ReplaceAsync(big!, big!.Value with { Text = "small" }, Cancel);
        Assert.Equal("small", (await notes.FindAsync("p", "r", Cancel))!.Value.Text);
    }

    [Fact]
    public async Task A_body_that_no_row_can_hold_is_refused()
    {
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() =>
            Notes().InsertAsync(new Note("p", "r", new string('x', 1_000_000)), Cancel)
        );
        Assert.Equal("record-too-large", refused.Reason);
    }

    [Fact]
    public async Task Listing_gives_one_partition_in_row_order_over_pages()
    {
        var notes = Notes();
        await Parallel.ForAsync(
            0,
            1010,
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancel },
            async (i, cancellationToken) => await notes.InsertAsync(new Note("p'1", $"r{i:D4}", ""), cancellationToken)
        );
        await notes.InsertAsync(new Note("p2", "r0000", ""), Cancel);

        var rows = await notes.ListAsync("p'1", Cancel).Select(n => n.Value.Row).ToListAsync(Cancel);

        Assert.Equal(Enumerable.Range(0, 1010).Select(i => $"r{i:D4}"), rows);
    }

    [Fact]
    public async Task Keys_with_forbidden_characters_are_kept_apart()
    {
        var notes = Notes();
        string[] keys =
        [
            "kv.vault.azure.net/issuer",
            "kv.vault.azure.net\\issuer",
            "kv.vault.azure.net=002Fissuer",
            "a#b",
            "a?b",
            "a%2Fb",
            "a\u0001b",
        ];
        foreach (var key in keys)
        {
            Assert.NotNull(await notes.InsertAsync(new Note(key, key, key), Cancel));
        }

        foreach (var key in keys)
        {
            Assert.Equal(key, (await notes.FindAsync(key, key, Cancel))!.Value.Text);
            Assert.Single(await notes.ListAsync(key, Cancel).ToListAsync(Cancel));
        }

        Assert.Equal("kv_8443~issuer.-", TableKeys.Escape("kv_8443~issuer.-"));
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_tried_later()
    {
        var nowhere = new StorageClients(
            new StorageConnection("Test")
            {
                ConnectionString = azurite.ConnectionString.Replace(":" + new Uri(Raw().Uri.ToString()).Port + "/", ":1/"),
            },
            new FakeCredential()
        );
        var notes = new TableRecords<Note>(nowhere.Tables(), TimeProvider.System);

        await Assert.ThrowsAsync<RetryLaterException>(() => notes.FindAsync("p", "r", Cancel));
        await Assert.ThrowsAsync<RetryLaterException>(async () => await notes.ListAsync("p", Cancel).ToListAsync(Cancel));
    }

    private TableClient Raw() => azurite.Clients().Tables().GetTableClient(_table);

    private TableRecords<Note> Notes(LosingTransport? transport = null) => Records<Note>(transport);

    private TableRecords<T> Records<T>(LosingTransport? transport = null)
        where T : class, IRecord =>
        new(azurite.Clients(transport).Tables(), _table, (JsonTypeInfo<T>)RecordJson.Options.GetTypeInfo(typeof(T)), TimeProvider.System);
}
