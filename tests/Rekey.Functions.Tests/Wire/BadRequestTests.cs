using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Rekey.Functions.Tests.Hosting;
using Rekey.Local.Graph;

namespace Rekey.Functions.Tests.Wire;

/// <summary>Bad input gets a clear error or a dead letter, never a crash and never silence.</summary>
public sealed class BadRequestTests(RunningApp app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{", 400, "malformed-json")]
    [InlineData("""{"personId":"not-a-guid"}""", 400, "malformed-json")]
    [InlineData("""{"personId":"bbbbbbbb-1111-4222-8333-cccccccccccc","unknown":1}""", 400, "malformed-json")]
    [InlineData(
        """{"personId":"bbbbbbbb-1111-4222-8333-cccccccccccc","personId":"bbbbbbbb-1111-4222-8333-cccccccccccc"}""",
        400,
        "malformed-json"
    )]
    [InlineData("""{"personId":"bbbbbbbb-1111-4222-8333-cccccccccccc"}""", 404, "unknown-person")]
    [InlineData(
        """{"personId":"bbbbbbbb-1111-4222-8333-cccccccccccc","keys":["elsewhere.vault.azure.net/key"]}""",
        422,
        "key-not-governed"
    )]
    public async Task A_departure_that_cannot_be_taken_gets_a_problem_with_its_reason(string body, int status, string reason)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "departures", "Operator", content, cancellationToken: Cancel);
        Assert.Equal(status, (int)reply.StatusCode);
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType?.MediaType);
        Assert.Equal(reason, (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_reporter_names_no_keys_and_calls_nobody_hostile()
    {
        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "departures",
            "DepartureReporter",
            JsonContent.Create(new { personId = Guid.NewGuid(), hostile = true }),
            cancellationToken: Cancel
        );
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
    }

    [Theory]
    [InlineData("departures")]
    [InlineData("Departures")]
    public async Task An_oversized_body_is_refused_however_the_path_is_written(string path)
    {
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await OversizedBody.SendAsync(app, path, "Operator", 70_000, Cancel));
    }

    [Fact]
    public async Task A_list_with_nothing_in_it_names_no_key()
    {
        using var content = new StringContent($$"""{"personId":"{{Guid.NewGuid()}}","keys":[null]}""", Encoding.UTF8, "application/json");
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "departures", "Operator", content, cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    [Fact]
    public async Task A_form_beyond_all_measure_is_the_senders_mistake()
    {
        using var form = new FormUrlEncodedContent(Enumerable.Range(0, 2000).Select(i => new KeyValuePair<string, string>($"f{i}", "x")));
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "introspect", "Gateway", form, cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Equal("bad-form", (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("{\"key\":\"elsewhere.vault.azure.net/key\"}", "key-not-governed")]
    [InlineData("{\"key\":\"a\",\"more\":1}", "poisoned-message")]
    [InlineData("no json", "poisoned-message")]
    public async Task A_queue_message_that_cannot_be_used_is_a_dead_letter_on_record(string message, string reason)
    {
        var queue = new QueueClient(app.World.Azurite.ConnectionString, "rotations");
        await queue.SendMessageAsync(message, Cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        string? id;
        while ((id = await LetterOfAsync(message, reason)) is null)
        {
            await Task.Delay(100, limit.Token);
        }

        while (!(await LedgerTextAsync()).Contains($"input-dead-lettered/{id}", StringComparison.Ordinal))
        {
            await Task.Delay(100, limit.Token);
        }
    }

    [Theory]
    [InlineData("wrong-cloud-event-version")]
    [InlineData("another-tenant")]
    [InlineData("wrong-client-state")]
    [InlineData("unknown-event-type")]
    [InlineData("unknown-person")]
    [InlineData("no-person")]
    [InlineData("too-large")]
    [InlineData("resource-mismatch")]
    [InlineData("not-a-cloud-event")]
    [InlineData("no-data")]
    public async Task An_event_that_must_not_be_believed_is_a_dead_letter_with_its_reason(string reason)
    {
        var good = app.World.Graph.NewEvent(Guid.NewGuid().ToString());
        var json = Spoil(good, reason);
        await app.World.DeliverAsync(json.ToJsonString(), cancellationToken: Cancel);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        string? letter;
        while (
            (letter = await LetterAsync(reason, good.Id)) is null
            || !(await LedgerTextAsync()).Contains($"input-dead-lettered/{reason}/", StringComparison.Ordinal)
        )
        {
            await Task.Delay(100, limit.Token);
        }

        Assert.DoesNotContain(app.World.ClientState, letter, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, "serviceUnavailable")]
    [InlineData(403, "Authorization_RequestDenied")]
    public async Task When_graph_fails_or_refuses_the_event_waits_and_is_handled_afterwards(int status, string code)
    {
        var person = Guid.NewGuid().ToString();
        app.World.Graph.AddUser(new(person, "late@contoso.example", "Late") { AccountEnabled = false });
        app.World.Graph.Faults.Fail(GraphServer.GetUser, status, code, times: 20);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            var before = await PutBackAsync();
            await app.World.DeliverAsync(app.World.Graph.NewEvent(person).ToCloudEvent(), plain: status == 503, Cancel);
            while (await PutBackAsync() == before)
            {
                await Task.Delay(100, limit.Token);
            }
        }
        finally
        {
            app.World.Graph.Faults.Clear();
        }

        while (await app.Rekey.GetAsync($"departures/{app.World.Identity.TenantId}~{person}~1", "Reader", Cancel) is null)
        {
            await Task.Delay(100, limit.Token);
        }

        if (status == 403)
        {
            Assert.Contains(
                "UserChanged: graph-forbidden",
                (await app.Rekey.GetAsync("findings?state=all", "Reader", Cancel))!.Value.GetRawText(),
                StringComparison.Ordinal
            );
        }

        // It never counted towards the poison queue.
        var poison = new QueueClient(app.World.EvidenceConnection, "user-changes-poison");
        Assert.True(!await poison.ExistsAsync(Cancel) || (await poison.GetPropertiesAsync(Cancel)).Value.ApproximateMessagesCount == 0);
    }

    /// <summary>How often an event was put back, by the log.</summary>
    private async Task<int> PutBackAsync() =>
        (await File.ReadAllTextAsync(app.World.LogFile, Cancel)).Split("UserChanged put an event back.").Length;

    private static JsonObject Spoil(GraphChangeEvent good, string reason)
    {
        var json = good.ToJson();
        var data = json["data"]!.AsObject();
        switch (reason)
        {
            case "wrong-cloud-event-version":
                json["specversion"] = "0.3";
                break;
            case "another-tenant":
                data["tenantId"] = Guid.NewGuid().ToString();
                break;
            case "wrong-client-state":
                data["clientState"] = "guessed, and guessed wrong";
                break;
            case "unknown-event-type":
                json["type"] = "Microsoft.Graph.GroupUpdated";
                break;
            case "no-person":
                data["resourceData"] = new JsonObject();
                break;
            case "resource-mismatch":
                data["resource"] = $"Users/{Guid.NewGuid()}";
                break;
            case "not-a-cloud-event":
                json.Remove("source");
                break;
            case "no-data":
                json.Remove("data");
                break;
            case "too-large":
                data["padding"] = new string('x', 40_000);
                break;
        }

        return json;
    }

    /// <summary>The id of the dead letter: its reason and the hash of the value as the app read it.</summary>
    private async Task<string?> LetterOfAsync(string message, string reason)
    {
        var raw = message.StartsWith('{') ? message : JsonSerializer.Serialize(message);
        var id = $"{reason}/{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(raw)))}";
        return await new BlobClient(app.World.EvidenceConnection, "deadletters", $"{id}.json").ExistsAsync(Cancel) ? id : null;
    }

    private async Task<string> LedgerTextAsync()
    {
        var text = new StringBuilder();
        var container = new BlobContainerClient(app.World.EvidenceConnection, "ledger");
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: Cancel))
        {
            text.Append((await container.GetBlobClient(blob.Name).DownloadContentAsync(Cancel)).Value.Content);
        }

        return text.ToString();
    }

    private async Task<string?> LetterAsync(string reason, string eventId)
    {
        var container = new BlobContainerClient(app.World.EvidenceConnection, "deadletters");
        if (!await container.ExistsAsync(Cancel))
        {
            return null;
        }

        await foreach (var blob in container.GetBlobsAsync(cancellationToken: Cancel))
        {
            var text = (await container.GetBlobClient(blob.Name).DownloadContentAsync(Cancel)).Value.Content.ToString();
            if (
                text.Contains($"\"{reason}\"", StringComparison.Ordinal)
                && (text.Contains(eventId, StringComparison.Ordinal) || reason == "too-large")
            )
            {
                return text;
            }
        }

        return null;
    }
}
