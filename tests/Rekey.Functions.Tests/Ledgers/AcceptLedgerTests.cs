using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Rekey.Functions.Tests.Hosting;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;

namespace Rekey.Functions.Tests.Ledgers;

/// <summary>The way out of a cut ledger, as approvers go it (B1).</summary>
public sealed class AcceptLedgerTests(RunningApp app)
{
    private const string First = "aaaaaaaa-1111-4222-8333-000000000001";
    private const string Second = "aaaaaaaa-1111-4222-8333-000000000002";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> BadBodies =>
        new()
        {
            { """{"lines":1,"hash":"HASH","reason":"why","list":2}""", "malformed-json" },
            { """{"lines":1,"hash":"HASH"}""", "malformed-json" },
            { """{"lines":0,"hash":"HASH","reason":"why"}""", "bad-head" },
            { """{"lines":1,"hash":"0","reason":"why"}""", "bad-head" },
            { """{"lines":1,"hash":"HASH","reason":""}""", "bad-reason" },
            { """{"lines":1,"hash":"HASH","reason":"why"}""", "ledger-moved" },
        };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_body_that_names_no_line_of_the_ledger_is_refused(string body, string reason)
    {
        using var content = new StringContent(
            body.Replace("HASH", new('a', 64), StringComparison.Ordinal),
            System.Text.Encoding.UTF8,
            "application/json"
        );
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "ledger/accept", "Approver", content, cancellationToken: Cancel);
        Assert.False(reply.IsSuccessStatusCode);
        Assert.Equal(reason, (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Two_approvers_accept_a_cut_ledger_and_what_was_revoked_stays_revoked()
    {
        // 1. A key was stolen and has left the list. Then the ledger is what it was before.
        await using var world = await World.StartAsync(new() { Keys = [new("shop", RunningApp.Custodian)] }, Cancel);
        var rekey = new RekeyClient(world);
        await rekey.TakeBaselineAsync(Cancel);
        var stolen = (await rekey.TrustListAsync(Cancel)).Keys.Single().Thumbprint;
        var ledger = await ReadAsync(world);
        world.Graph.AddUser(new(RunningApp.Custodian, "custodian@contoso.example", "Custodian"));
        await world.Graph.DisableAsync(RunningApp.Custodian);
        await UntilAsync(async () => (await ListAsync(rekey)) is { } now && now.Revoked.Contains(stolen));
        await world.Host.DisposeAsync();
        await PutAsync(world, ledger);
        var document = (await new BlobClient(world.StateConnection, "trust", TrustDocuments.TrustListName).DownloadContentAsync(Cancel))
            .Value
            .Content;
        var pinned = await world.Admin.ReadKeyAsync(world.OwnVault, World.DocumentKey, Cancel);
        var standing = TrustDocuments.Read(SignedDocument.Open(document.ToMemory().Span, TrustDocuments.TrustListType, pinned, "ES256"));
        await world.RestartHostAsync(cancellationToken: Cancel);

        // 2. The finding says what to do.
        await world.Host.TriggerTimerAsync("PublishTrust", Cancel);
        var remedy = (await rekey.GetAsync("findings", "Reader", Cancel))!
            .Value.GetProperty("findings")
            .EnumerateArray()
            .Single(f =>
                f.GetProperty("kind").GetString() == "ledger-broken" && f.GetProperty("about").GetString() == TrustDocuments.TrustListName
            )
            .GetProperty("remedy")
            .GetString();
        Assert.Contains("POST /ledger/accept", remedy, StringComparison.Ordinal);

        // 3. One approver asks, and cannot answer. The other can.
        var head = (await rekey.GetAsync("ledger", "Approver", Cancel))!.Value;
        using var asked = await rekey.SendAsync(
            HttpMethod.Post,
            "ledger/accept",
            "Approver",
            JsonContent.Create(
                new
                {
                    lines = head.GetProperty("lines").GetInt64(),
                    hash = head.GetProperty("hash").GetString(),
                    reason = "the copy is gone too",
                }
            ),
            First,
            Cancel
        );
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var decision = await asked.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, await AnswerAsync(rekey, decision, First));
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(rekey, decision, Second));

        // 4. Published again, above what stood there, without the stolen key and with its successor.
        await UntilAsync(async () => (await ListAsync(rekey))?.Sequence > standing.Sequence);
        var list = await rekey.TrustListAsync(Cancel);
        Assert.Contains(stolen, list.Revoked);
        Assert.Contains(standing.Keys.Single(k => k.Current).Thumbprint, list.Keys.Select(k => k.Thumbprint));
        Assert.DoesNotContain(stolen, list.Keys.Select(k => k.Thumbprint));
        Assert.Contains(
            "\"kind\":\"ledger-accepted\"",
            string.Concat((await ReadAsync(world)).Select(b => b.Content.ToString())),
            StringComparison.Ordinal
        );

        // 5. The acceptance is signed with the key of checkpoints, beside them.
        var container = new BlobContainerClient(world.EvidenceConnection, "checkpoints");
        var name = $"accepted-{decision.GetProperty("decision").GetString()}.jwt";
        Assert.True(await container.GetBlobClient(name).ExistsAsync(Cancel));
        await world.Host.TriggerTimerAsync("VerifyLedger", Cancel);
        Assert.DoesNotContain((await rekey.GetAsync("findings", "Reader", Cancel))!.Value.GetProperty("findings").EnumerateArray(), f =>
            f.GetProperty("kind").GetString() == "ledger-broken"
        );
    }

    private static async Task<HttpStatusCode> AnswerAsync(RekeyClient rekey, JsonElement decision, string by)
    {
        using var reply = await rekey.SendAsync(
            HttpMethod.Post,
            $"decisions/{decision.GetProperty("decision").GetString()}",
            "Approver",
            JsonContent.Create(new { answer = "approve", planHash = decision.GetProperty("planHash").GetString() }),
            by,
            Cancel
        );
        return reply.StatusCode;
    }

    /// <summary>The list; null while the app has none to serve.</summary>
    private static async Task<TrustList?> ListAsync(RekeyClient rekey)
    {
        try
        {
            return await rekey.TrustListAsync(Cancel);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyList<(string Name, BinaryData Content)>> ReadAsync(World world)
    {
        var (container, read) = (new BlobContainerClient(world.EvidenceConnection, "ledger"), new List<(string, BinaryData)>());
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: Cancel))
        {
            read.Add((blob.Name, (await container.GetBlobClient(blob.Name).DownloadContentAsync(Cancel)).Value.Content));
        }

        return read;
    }

    private static async Task PutAsync(World world, IReadOnlyList<(string Name, BinaryData Content)> ledger)
    {
        var container = new BlobContainerClient(world.EvidenceConnection, "ledger");
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: Cancel))
        {
            await container.DeleteBlobAsync(blob.Name, cancellationToken: Cancel);
        }

        foreach (var (name, content) in ledger)
        {
            var blob = container.GetAppendBlobClient(name);
            await blob.CreateAsync(cancellationToken: Cancel);
            await blob.AppendBlockAsync(content.ToStream(), cancellationToken: Cancel);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }
}
