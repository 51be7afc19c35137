using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rekey.Functions.Tests.Hosting;
using Rekey.Trust;

namespace Rekey.Functions.Tests.Decisions;

/// <summary>What an approver and an auditor read over HTTP: the facts of now, and outcomes instead of an end.</summary>
public sealed class QuestionFactsTests(RunningApp app)
{
    private const string Reporter = "bbbbbbbb-2222-4222-8333-cccccccccccc";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>F2 and F3: an enabled person is reported, the approver declines.</summary>
    [Fact]
    public async Task F3_a_reported_departure_of_an_enabled_person_says_so_and_a_no_is_declined()
    {
        var person = Guid.NewGuid().ToString();
        app.World.Graph.AddUser(new(person, $"{person}@contoso.example", "Somebody"));
        var key = new SigningKey(app.World.Vault.Address, "partners").Id;
        using var reported = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "departures",
            "Operator",
            JsonContent.Create(
                new
                {
                    personId = person,
                    reference = "HR-4711",
                    keys = new[] { key },
                }
            ),
            Reporter,
            Cancel
        );
        Assert.Equal(HttpStatusCode.Accepted, reported.StatusCode);
        var departure = (await reported.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("departure").GetString()!;

        var id = "";
        await UntilAsync(async () =>
        {
            id = (await app.Rekey.GetAsync("decisions", "Approver", Cancel))!
                .Value.GetProperty("decisions")
                .EnumerateArray()
                .FirstOrDefault(d =>
                    d.GetProperty("about").GetString() == key && d.GetProperty("facts").GetProperty("departure").GetString() == departure
                )
                is { ValueKind: JsonValueKind.Object } found
                ? found.GetProperty("id").GetString()!
                : "";
            return id.Length > 0;
        });
        var question = (await app.Rekey.GetAsync($"decisions/{id}", "Approver", Cancel))!.Value;
        var (statement, facts) = (question.GetProperty("statement").GetString()!, question.GetProperty("facts"));
        Assert.DoesNotContain("has left and", statement, StringComparison.Ordinal);
        Assert.Contains("The directory has not confirmed", statement, StringComparison.Ordinal);
        Assert.Contains($"{Reporter} (reference HR-4711)", statement, StringComparison.Ordinal);
        Assert.Contains("The account is enabled now.", statement, StringComparison.Ordinal);
        Assert.Equal((false, "Enabled"), (facts.GetProperty("confirmed").GetBoolean(), facts.GetProperty("account").GetString()));
        Assert.Equal("HR-4711", Assert.Single(facts.GetProperty("references").EnumerateArray()).GetString());
        Assert.Single(facts.GetProperty("versions").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, facts.GetProperty("liveTokens").ValueKind);

        using var answered = await app.Rekey.SendAsync(
            HttpMethod.Post,
            $"decisions/{id}",
            "Approver",
            JsonContent.Create(new { answer = "decline", planHash = question.GetProperty("planHash").GetString() }),
            objectId: null,
            Cancel
        );
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        JsonElement record = default;
        await UntilAsync(async () =>
        {
            record = (await app.Rekey.GetAsync($"departures/{departure}", "Reader", Cancel))!.Value;
            return record.GetProperty("keys")[0].GetProperty("outcome").GetProperty("result").ValueKind is JsonValueKind.String;
        });
        var shown = record.GetProperty("keys")[0];
        Assert.Equal("declined", shown.GetProperty("outcome").GetProperty("result").GetString());
        Assert.Equal("An approver said no.", shown.GetProperty("outcome").GetProperty("why").GetString());
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("rotation").ValueKind);
        Assert.False(record.TryGetProperty("settledAt", out _));
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
