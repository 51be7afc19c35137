using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Rekey.Azure.Storage;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Sweeps;

namespace Rekey.Functions.Tests;

/// <summary>One row that cannot be read hides no other from whoever looks, and is named.</summary>
public sealed class UnreadableRowTests(RunningApp app) : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly List<(string Table, string Partition, string Row)> _made = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Decisions_are_listed_past_it()
    {
        using var asked = await app.Rekey.SendAsync(
            HttpMethod.Post, "blocks", "Operator",
            JsonContent.Create(new { kind = "token", issuer = app.World.Keys[1].IssuerName, value = $"jti-{Guid.NewGuid():N}",
            reason = "a test" }), cancel: Cancel);
        var question = (await asked.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("decision").GetString();
        var planted = new Decision($"waits-{Guid.NewGuid():N}", DecisionKinds.Rotate, "kv/nothing", "Nothing.", "hash", [], Now,
            Now.AddHours(1), OnExpiry.Lapse);
        await AddAsync(planted);
        await SpoilAsync("decisions", "decision", "0-no-version", new() { ["Body00"] = "{}"u8.ToArray() });
        await SpoilAsync("decisions", "decision", "zz-no-json", new() { ["SchemaVersion"] = 1, ["Body00"] = "{"u8.ToArray() });
        var body = await BodyAsync("decisions", "Approver");
        var pending = body.GetProperty("pending").EnumerateArray().Select(d => d.GetProperty("id").GetString()).ToList();
        Assert.Contains(question, pending);

        // What nobody asked is no question, though its row can be read.
        Assert.DoesNotContain(planted.Id, pending);
        Assert.Equal(["0-no-version", "zz-no-json"], Unreadable(body));
    }

    [Fact]
    public async Task Findings_are_listed_past_it()
    {
        var finding = Found("probe-of-a-list", new(StringComparer.Ordinal));
        await AddAsync(finding);
        await SpoilAsync("findings", "finding", "newer", new() { ["SchemaVersion"] = 1000, ["Body00"] = "{}"u8.ToArray() });
        foreach (var path in new[] { "findings", "findings?state=all" })
        {
            var body = await BodyAsync(path, "Reader");
            Assert.Contains(finding.Id, body.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("id").GetString()));
            Assert.Equal(["newer"], Unreadable(body));
        }

        // The row itself is told as what it is.
        using var reply = await app.Rekey.SendAsync(HttpMethod.Get, "findings/newer", "Reader", cancel: Cancel);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
    }

    [Fact]
    public async Task The_pages_of_a_campaign_hold_every_token_that_can_be_read_once()
    {
        var campaign = new TokenCampaign(
            "https://issuer.example", $"kid-{Guid.NewGuid():N}", Verdict.Unissued, "unissued") { IsActive = false };
        var finding = Found(campaign.About, new(StringComparer.Ordinal) { ["campaign"] = campaign.Id });
        await AddAsync(finding);
        string[] tokens = [.. Enumerable.Range(0, 450).Select(i => $"jti-{i:D3}")];
        var chunks = tokens.Chunk(90).Select((jtis, n) => new TokenChunk(campaign.Id, n) { Tokens = [.. jtis.Select(Token)] }).ToList();
        await KeepAsync(campaign, chunks);
        var rows = await new TableClient(app.World.Azurite.ConnectionString, "sealedrows")
            .QueryAsync<TableEntity>(r => r.PartitionKey == $"tokenchunk~{campaign.Id}", cancellationToken: Cancel).ToListAsync(Cancel);
        _made.AddRange(rows.Select(r => ("sealedrows", r.PartitionKey, r.RowKey)));
        var spoilt = rows.Single(r => r.RowKey.StartsWith($"{chunks[2].Row}~", StringComparison.Ordinal));
        await SpoilAsync("sealedrows", spoilt.PartitionKey, spoilt.RowKey, new() { ["SchemaVersion"] = 1, ["Body00"] = "{"u8.ToArray() });
        var (seen, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await BodyAsync($"findings/{finding.Id}{(after is null ? "" : $"?after={Uri.EscapeDataString(after)}")}",
                "Operator");
            Assert.Equal([chunks[2].Row], Unreadable(page));
            seen.AddRange(page.GetProperty("tokens").EnumerateArray().Select(t => t.GetProperty("jti").GetString()!));
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);

        Assert.Equal(tokens.Except(chunks[2].Tokens.Select(t => t.Token.Jti!)).Order(StringComparer.Ordinal),
            seen.Order(StringComparer.Ordinal));

        // Whoever sees numbers only is told that they are a lower bound.
        var counted = await BodyAsync($"findings/{finding.Id}", "Reader");
        Assert.Equal([chunks[2].Row], Unreadable(counted));
        Assert.Equal(JsonValueKind.Null, counted.GetProperty("tokens").ValueKind);
    }

    /// <summary>Other tests find the tables as they were.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var (table, partition, row) in _made.Distinct())
        {
            await new TableClient(app.World.Azurite.ConnectionString, table)
                .DeleteEntityAsync(partition, row, cancellationToken: CancellationToken.None);
        }
    }

    private static Finding Found(string about, Dictionary<string, string> evidence) =>
        new("unissued", about, Severity.Low, "A probe.", "Nothing.", evidence, Now, Now);

    private static TrackedToken Token(string jti) =>
        new(new("https://issuer.example", jti, "kid", "sub", "aud", Now, Now.AddHours(1), SigningInputSha256: null, KeyThumbprint: null,
        SignatureVerified: null),
        [new("192.0.2.1", Now, Now, 1)]) { RaisedAt = Now };

    /// <summary>As sweeps keep them: the campaign in the ledger, its tokens in rows whose hash stands there.</summary>
    private async Task KeepAsync(TokenCampaign campaign, IEnumerable<TokenChunk> chunks)
    {
        var (connection, time) = (app.World.Azurite.ConnectionString, TimeProvider.System);
        var blobs = new BlobServiceClient(app.World.EvidenceConnection);
        var ledger = new SegmentedLedger(new BlobLedgerSegments(blobs, blobs, time), new(), time);
        using var reader = new LedgerReader(ledger);
        var campaigns = new LedgerRecords<TokenCampaign>(ledger, reader, rows: null);
        var kept = new SealedRecords<TokenChunk>(
            new LedgerRecords<Seal>(ledger, reader, rows: null), new TableRecords<SealedRow>(new(connection), time));
        Assert.NotNull(await campaigns.InsertAsync(campaign, Cancel));
        foreach (var chunk in chunks)
        {
            Assert.NotNull(await kept.InsertAsync(chunk, Cancel));
        }
    }

    private async Task AddAsync<T>(T record) where T : class, IRecord
    {
        Assert.NotNull(await new TableRecords<T>(new(app.World.Azurite.ConnectionString), TimeProvider.System).InsertAsync(record, Cancel));
        _made.Add((typeof(T).Name.ToLowerInvariant() + "s", record.Partition, record.Row));
    }

    private async Task SpoilAsync(string table, string partition, string row, TableEntity entity)
    {
        (entity.PartitionKey, entity.RowKey) = (partition, row);
        var client = new TableClient(app.World.Azurite.ConnectionString, table);
        await client.CreateIfNotExistsAsync(Cancel);
        await client.UpsertEntityAsync(entity, TableUpdateMode.Replace, Cancel);
        _made.Add((table, partition, row));
    }

    private async Task<JsonElement> BodyAsync(string path, string role) => (await app.Rekey.GetAsync(path, role, Cancel))!.Value;

    private static IEnumerable<string?> Unreadable(JsonElement body) =>
        body.GetProperty("unreadable").EnumerateArray().Select(r => r.GetString());
}
