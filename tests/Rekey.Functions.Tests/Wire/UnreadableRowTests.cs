using System.Net.Http.Json;
using System.Text.Json;
using Azure.Data.Tables;
using Rekey.Azure.Storage;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Findings;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Wire;

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
            HttpMethod.Post,
            "blocks",
            "Operator",
            JsonContent.Create(
                new
                {
                    kind = "token",
                    issuer = app.World.Keys[1].IssuerName,
                    value = $"jti-{Guid.NewGuid():N}",
                    reason = "a test",
                }
            ),
            cancellationToken: Cancel
        );
        var question = (await asked.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("decision").GetString();
        var planted = new Decision(
            $"waits-{Guid.NewGuid():N}",
            DecisionKinds.Rotate,
            "kv/nothing",
            "Nothing.",
            "hash",
            [],
            Now,
            Now.AddHours(1),
            OnExpiry.Lapse
        );
        await AddAsync(planted);
        await SpoilAsync("decisions", "decision", question!, new() { ["SchemaVersion"] = 1, ["Body00"] = "{"u8.ToArray() });
        var body = await BodyAsync("decisions", "Approver");
        var pending = body.GetProperty("decisions")
            .EnumerateArray()
            .ToDictionary(d => d.GetProperty("id").GetString()!, d => d.GetProperty("statement").GetString());

        // That nobody can read its words, or that they are gone, hides no question.
        Assert.Contains("it cannot be answered. Rekey asks again by itself", pending[question!], StringComparison.Ordinal);

        // What nobody asked is no question, though its row can be read.
        Assert.DoesNotContain(planted.Id, pending.Keys);
    }

    [Fact]
    public async Task The_pages_of_a_campaign_hold_every_token_that_can_be_read_once()
    {
        var campaign = new TokenCampaign("https://issuer.example", $"kid-{Guid.NewGuid():N}", Verdict.Unissued, "unissued")
        {
            IsActive = false,
        };
        var finding = Found(campaign.About, new(StringComparer.Ordinal) { ["campaign"] = campaign.Id });
        await new LedgerOfApp(app).RaiseAsync(finding, Cancel);
        string[] tokens = [.. Enumerable.Range(0, 450).Select(i => $"jti-{i:D3}")];
        var chunks = tokens.Chunk(90).Select((jtis, n) => new TokenChunk(campaign.Id, n) { Tokens = [.. jtis.Select(Token)] }).ToList();
        await new LedgerOfApp(app).KeepAsync(campaign, chunks, Cancel);
        var rows = await new TableClient(app.World.Azurite.ConnectionString, "hashedrows")
            .QueryAsync<TableEntity>(r => r.PartitionKey == $"tokenchunk~{campaign.Id}", cancellationToken: Cancel)
            .ToListAsync(Cancel);
        _made.AddRange(rows.Select(r => ("hashedrows", r.PartitionKey, r.RowKey)));
        var spoilt = rows.Single(r => r.RowKey.StartsWith($"{chunks[2].Row}~", StringComparison.Ordinal));
        await SpoilAsync("hashedrows", spoilt.PartitionKey, spoilt.RowKey, new() { ["SchemaVersion"] = 1, ["Body00"] = "{"u8.ToArray() });
        var (seen, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await BodyAsync(
                $"findings/{finding.Id}{(after is null ? "" : $"?after={Uri.EscapeDataString(after)}")}",
                "Operator"
            );
            Assert.Equal([chunks[2].Row], Unreadable(page));
            seen.AddRange(page.GetProperty("tokens").EnumerateArray().Select(t => t.GetProperty("jti").GetString()!));
            after = page.GetProperty("next").GetString();
        } while (after is not null);

        Assert.Equal(
            tokens.Except(chunks[2].Tokens.Select(t => t.Token.Jti!)).Order(StringComparer.Ordinal),
            seen.Order(StringComparer.Ordinal)
        );

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
            await new TableClient(app.World.Azurite.ConnectionString, table).DeleteEntityAsync(
                partition,
                row,
                cancellationToken: CancellationToken.None
            );
        }
    }

    private static Finding Found(string about, Dictionary<string, string> evidence) =>
        new("unissued", about, Severity.Low, "A probe.", "Nothing.", evidence, Now, Now);

    private static TrackedToken Token(string jti) =>
        new(
            new(
                "https://issuer.example",
                jti,
                "kid",
                "sub",
                "aud",
                Now,
                Now.AddHours(1),
                SigningInputSha256: null,
                KeyThumbprint: null,
                SignatureVerified: null
            ),
            [new("192.0.2.1", Now, Now, 1)]
        )
        {
            RaisedAt = Now,
        };

    private async Task AddAsync<T>(T record)
        where T : class, IRecord
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
