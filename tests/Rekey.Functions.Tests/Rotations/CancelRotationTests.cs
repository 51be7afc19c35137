using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rekey.Functions.Tests.Hosting;
using Rekey.Trust;
using Rekey.Trust.Lists;

namespace Rekey.Functions.Tests.Rotations;

/// <summary>A rotation is cancelled over HTTP by an approver who did not start it, until trust in its old versions has ended.</summary>
public sealed class CancelRotationTests(RunningApp app)
{
    private const string Reporter = "bbbbbbbb-3333-4222-8333-000000000001";
    private const string First = "bbbbbbbb-3333-4222-8333-000000000002";
    private const string Second = "bbbbbbbb-3333-4222-8333-000000000003";
    private const string KeyName = "reserve";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Key => new SigningKey(app.World.Vault.Address, KeyName).Id;

    [Fact]
    public async Task Another_approver_cancels_it_while_it_runs_and_later_the_answer_says_that_it_cannot_be_undone()
    {
        // 1. A rotation runs: the new version is published, and the old one still signs.
        var old = Assert.Single((await app.Rekey.TrustListAsync(Cancel)).Keys, IsOfKey).Thumbprint;
        string id;
        using (var hold = app.World.Vault.Faults.HoldBefore("KeyUpdate", KeyName))
        {
            await OrderAsync();
            await hold.Reached.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            id = (await LastAsync()).GetProperty("rotation").GetString()!;

            // 2. Who reported the departure or approved the rotation may not cancel it.
            Assert.Equal((403, "initiator-may-not-cancel"), await RefusalAsync(id, First));
            Assert.Equal((403, "initiator-may-not-cancel"), await RefusalAsync(id, Reporter));

            // 3. Another approver may, and may repeat it.
            foreach (var _ in new[] { 1, 2 })
            {
                using var reply = await CancelAsync(id, Second);
                Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
                var cancelled = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
                Assert.Equal((id, Second), (Text(cancelled, "rotation"), Text(cancelled, "cancelledBy")));
            }
        }

        // 4. The old version stays trusted, and the new one is current.
        await UntilAsync(async () => (await LastAsync()).GetProperty("result").ValueKind is JsonValueKind.String);
        Assert.Equal("cancelled", Text(await LastAsync(), "result"));
        var keys = (await app.Rekey.TrustListAsync(Cancel)).Keys.Where(IsOfKey).ToList();
        Assert.Contains(keys, k => k.Thumbprint == old);
        Assert.Equal(2, keys.Count);

        // 5. The next rotation ends trust in both. That cannot be undone, and the answer says how many callers that concerns, or why not.
        await OrderAsync();
        await UntilAsync(async () => (await LastAsync()).GetProperty("trustEndedAt").ValueKind is JsonValueKind.String);
        id = (await LastAsync()).GetProperty("rotation").GetString()!;
        using var late = await CancelAsync(id, Second);
        var problem = await late.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal((HttpStatusCode.Conflict, "cannot-be-undone"), (late.StatusCode, Text(problem, "reason")));
        Assert.Contains("This cannot be undone", Text(problem, "detail"), StringComparison.Ordinal);
        Assert.Contains(
            "How many callers that are is unknown: No log of issuances is connected",
            Text(problem, "detail"),
            StringComparison.Ordinal
        );
    }

    private bool IsOfKey(TrustEntry entry) => entry.KeyId == Key;

    /// <summary>A person is reported as hostile, and the first approver says yes.</summary>
    private async Task OrderAsync()
    {
        var person = Guid.NewGuid().ToString();
        app.World.Graph.AddUser(new(person, $"{person}@contoso.example", "Somebody"));
        var body = JsonContent.Create(new { personId = person, keys = new[] { Key } });
        using var reported = await app.Rekey.SendAsync(HttpMethod.Post, "departures", "Operator", body, Reporter, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, reported.StatusCode);
        var departure = Text(await reported.Content.ReadFromJsonAsync<JsonElement>(Cancel), "departure");
        JsonElement question = default;
        await UntilAsync(async () =>
        {
            question = (await app.Rekey.GetAsync($"decisions?about={Uri.EscapeDataString(Key)}", "Approver", Cancel))!
                .Value.GetProperty("decisions")
                .EnumerateArray()
                .FirstOrDefault(d => Text(d.GetProperty("facts"), "departure") == departure);
            return question.ValueKind is JsonValueKind.Object;
        });
        using var answered = await app.Rekey.SendAsync(
            HttpMethod.Post,
            $"decisions/{Text(question, "id")}",
            "Approver",
            JsonContent.Create(new { answer = "approve", planHash = Text(question, "planHash") }),
            First,
            Cancel
        );
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    private async Task<JsonElement> LastAsync() =>
        (await app.Rekey.GetAsync($"rotations?key={KeyName}", "Reader", Cancel))!
            .Value.GetProperty("rotations")
            .EnumerateArray()
            .First()
            .Clone();

    private Task<HttpResponseMessage> CancelAsync(string id, string by) =>
        app.Rekey.SendAsync(HttpMethod.Post, $"rotations/{id}/cancel", "Approver", null, by, Cancel);

    private async Task<(int Status, string Reason)> RefusalAsync(string id, string by)
    {
        using var reply = await CancelAsync(id, by);
        return ((int)reply.StatusCode, Text(await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel), "reason"));
    }

    private static string Text(JsonElement form, string member) =>
        form.ValueKind is JsonValueKind.Object && form.TryGetProperty(member, out var value) ? value.ToString() : "";

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }
}
