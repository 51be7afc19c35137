using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Decisions;

/// <summary>Who is only reported as leaving still approves, together with a second approver.</summary>
public sealed class ReportedApproverTests(RunningApp app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reported_approver_needs_a_second_one_until_the_report_is_settled()
    {
        // 1. An operator reports an approver who is enabled, and names a key: what follows waits for an answer.
        var approver = Guid.NewGuid().ToString();
        var key = app.World.Keys[1];
        app.World.Graph.AddUser(new(approver, $"{approver}@contoso.example", "Approver"));
        var keyId = (await app.Rekey.TrustListAsync(Cancel)).Keys.First(k => k.IssuerName == key.IssuerName).KeyId;
        using var reported = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "departures",
            "Operator",
            JsonContent.Create(new { personId = approver, keys = new[] { keyId } }),
            cancellationToken: Cancel
        );
        Assert.Equal(HttpStatusCode.Accepted, reported.StatusCode);
        var rotation = await PendingAsync(keyId);

        // 2. Their answer to another question waits for a second one.
        var (path, hash) = await AskAsync(key.IssuerName);
        for (var times = 0; times < 2; times++)
        {
            var (status, alone) = await AnswerAsync(path, hash, approver, "approve");
            Assert.Equal(
                (HttpStatusCode.Accepted, "Pending", approver),
                (status, alone.GetProperty("state").GetString(), alone.GetProperty("firstAnsweredBy").GetString())
            );
        }

        Assert.Equal(HttpStatusCode.Conflict, (await AnswerAsync(path, hash, approver, "decline")).Status);
        Assert.Equal("Pending", (await app.Rekey.GetAsync(path, "Approver", Cancel))!.Value.GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.OK, (await AnswerAsync(path, hash, objectId: null, "approve")).Status);

        // 3. The report comes to nothing, and they decide alone again.
        var (rotationPath, rotationHash) = (
            $"decisions/{rotation.GetProperty("id").GetString()}",
            rotation.GetProperty("planHash").GetString()
        );
        Assert.Equal(HttpStatusCode.Forbidden, (await AnswerAsync(rotationPath, rotationHash, approver, "decline")).Status);
        Assert.Equal(HttpStatusCode.OK, (await AnswerAsync(rotationPath, rotationHash, objectId: null, "decline")).Status);
        (path, hash) = await AskAsync(key.IssuerName);
        await UntilAsync(async () => (await AnswerAsync(path, hash, approver, "decline")).Status == HttpStatusCode.OK);
    }

    private async Task<(string Path, string? Hash)> AskAsync(string issuer)
    {
        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "blocks",
            "Operator",
            JsonContent.Create(
                new
                {
                    kind = "token",
                    issuer,
                    value = Guid.NewGuid().ToString("N"),
                    reason = "a test",
                }
            ),
            cancellationToken: Cancel
        );
        var asked = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return ($"decisions/{asked.GetProperty("decision").GetString()}", asked.GetProperty("planHash").GetString());
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> AnswerAsync(string path, string? hash, string? objectId, string answer)
    {
        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            path,
            "Approver",
            JsonContent.Create(new { answer, planHash = hash }),
            objectId,
            Cancel
        );
        return (reply.StatusCode, await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel));
    }

    private async Task<JsonElement> PendingAsync(string keyId)
    {
        JsonElement found = default;
        await UntilAsync(async () =>
        {
            found = (await app.Rekey.GetAsync("decisions", "Approver", Cancel))!
                .Value.GetProperty("decisions")
                .EnumerateArray()
                .FirstOrDefault(d => d.GetProperty("kind").GetString() == "rotate" && d.GetProperty("about").GetString() == keyId);
            return found.ValueKind is JsonValueKind.Object;
        });
        return found;
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
