using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rekey.EndToEnd.Tests.Support;
using Rekey.Ledgers;
using Rekey.Local.Worlds;

namespace Rekey.EndToEnd.Tests.Flows;

/// <summary>A company that lets Rekey look on, and one that wants to be asked and says no.</summary>
public sealed class ResponseModeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Observing_it_says_what_it_would_have_done_and_touches_nothing()
    {
        await using var company = await LocalCompany.StartAsync([LocalCompany.KeyOf("shop"), new("other")], Mode("observe"));
        var key = company.Key("shop");
        using var thief = await company.StealAsync(key);
        var before = await company.PublishedKidsAsync(key);

        var id = await company.LeaveAsync(key.Custodians[0]);
        var departure = await company.SettledAsync(id);

        var shown = Assert.Single(departure.GetProperty("keys").EnumerateArray());
        Assert.Equal(("Immediate", "Observe"), (shown.GetProperty("urgency").GetString(), shown.GetProperty("mode").GetString()));
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("rotation").ValueKind);
        await AssertUntouchedAsync(company, key, before);
        Assert.True(await company.IsActiveAsync(thief.Forge("customer-1")), "nothing was done: the copy is worth what it was");
        Assert.Empty(await PendingAsync(company));

        var ledger = await company.LedgerAsync();
        Assert.Single(ledger.About(company, key, LedgerKinds.RotationObserved));
        Assert.Single(ledger, l => l.Entry.Kind == LedgerKinds.DepartureAssessed && l.Entry.About == id);
        Assert.DoesNotContain(ledger, l =>
            l.Entry.Kind
                is LedgerKinds.RotationPlanned
                    or LedgerKinds.VersionRequested
                    or LedgerKinds.SigningStopped
                    or LedgerKinds.TrustEnded
        );

        // Years later the key is no longer governed: what was done about it is shown all the same.
        await company.World.RestartHostAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["Rekey__Keys__0__Name"] = "shop-two" },
            Cancel
        );
        var later = await company.TryReadAsync($"departures/{id}");
        Assert.Equal(company.KeyId(key), Assert.Single(later!.Value.GetProperty("keys").EnumerateArray()).GetProperty("key").GetString());
    }

    [Fact]
    public async Task A_no_is_final_on_record_and_leaves_the_key_as_it_was()
    {
        await using var company = await LocalCompany.StartAsync([LocalCompany.KeyOf("shop")], Mode("ask"));
        var (key, approver) = (company.Key("shop"), LocalCompany.PersonOf("approver"));
        var before = await company.PublishedKidsAsync(key);
        var id = await company.LeaveAsync(key.Custodians[0]);
        var asked = await PollUntil.ForAsync("somebody is asked", async () =>
            // The question is on record a moment before its words are stored.
            (await PendingAsync(company))
                .Cast<JsonElement?>()
                .SingleOrDefault()
                is { } one
            && !one.GetProperty("statement").GetString()!.StartsWith("The text of this decision is not available", StringComparison.Ordinal)
                ? new Asked(one)
                : null);
        Assert.Contains("On no: the old versions stay trusted.", asked.Statement, StringComparison.Ordinal);

        // Who may not answer, and what is no answer.
        Assert.Equal((HttpStatusCode.Forbidden, "actor-is-leaving"), await AnswerAsync(company, asked, "decline", key.Custodians[0]));
        Assert.Equal((HttpStatusCode.BadRequest, "bad-answer"), await AnswerAsync(company, asked, "perhaps", approver));
        Assert.Equal(
            (HttpStatusCode.Conflict, "plan-changed"),
            await AnswerAsync(company, asked with { PlanHash = "another" }, "decline", approver)
        );
        Assert.Single(await PendingAsync(company));

        // The answer, and again: the same is no second answer, another one comes too late.
        Assert.Equal((HttpStatusCode.OK, null), await AnswerAsync(company, asked, "decline", approver));
        Assert.Equal((HttpStatusCode.OK, null), await AnswerAsync(company, asked, "decline", approver));
        Assert.Equal((HttpStatusCode.Conflict, "already-answered"), await AnswerAsync(company, asked, "approve", approver));
        Assert.Equal(
            (HttpStatusCode.Conflict, "already-answered"),
            await AnswerAsync(company, asked, "approve", LocalCompany.PersonOf("another approver"))
        );

        await company.SettledAsync(id);
        await AssertUntouchedAsync(company, key, before);
        Assert.Empty(await PendingAsync(company));
        var read = await company.TryReadAsync($"decisions/{asked.Id}");
        Assert.Equal(
            ("Declined", approver),
            (read!.Value.GetProperty("state").GetString(), read.Value.GetProperty("answeredBy").GetString())
        );

        var ledger = await company.LedgerAsync();
        var answered = Assert.Single(ledger, l => l.Entry.Kind == LedgerKinds.DecisionAnswered && l.Entry.Facts["decision"] == asked.Id);
        Assert.Equal(("Declined", approver), (answered.Entry.Facts["answer"], answered.Entry.Facts["by"]));
        Assert.Single(ledger.About(company, key, LedgerKinds.RotationDeclined));
        Assert.Empty(ledger.About(company, key, LedgerKinds.VersionRequested));
    }

    [Fact]
    public async Task Stopped_it_keeps_the_departure_and_touches_nothing_until_that_is_taken_back()
    {
        await using var company = await LocalCompany.StartAsync([LocalCompany.KeyOf("shop")]);
        var key = company.Key("shop");
        var before = await company.PublishedKidsAsync(key);
        await company.World.RestartHostAsync(Stopped(true), Cancel);
        var id = await company.LeaveAsync(key.Custodians[0]);
        await company.DepartureAsync(id, d => d.GetProperty("noticedAt").ValueKind is JsonValueKind.String, "the departure is kept");
        foreach (var timer in new[] { "ContinueRotations", "PublishTrust" })
        {
            await company.World.Host.TriggerTimerAsync(timer, Cancel);
        }

        Assert.Equal(JsonValueKind.Null, (await company.TryReadAsync($"departures/{id}"))!.Value.GetProperty("assessedAt").ValueKind);
        Assert.Empty(await PendingAsync(company));
        await AssertUntouchedAsync(company, key, before);

        await company.World.RestartHostAsync(Stopped(false), Cancel);
        await company.SettledAsync(id);
        await company.AssertContainedAsync(key);
    }

    private static Dictionary<string, string> Stopped(bool stopped) =>
        new(StringComparer.Ordinal) { ["Rekey__Stopped"] = stopped ? "true" : "false" };

    private static Dictionary<string, string> Mode(string mode) => new(StringComparer.Ordinal) { ["Rekey__Rotations__Mode"] = mode };

    private static async Task AssertUntouchedAsync(LocalCompany company, WorldKey key, IReadOnlyList<string> kids)
    {
        var version = Assert.Single(company.World.Vault.VersionsOf(key.Name));
        Assert.True(await company.CanSignAsync(key, version), "the version signs as before");
        Assert.Equal(kids, await company.PublishedKidsAsync(key));
        Assert.Empty((await company.Rekey.TrustListAsync(Cancel)).Revoked);
        Assert.DoesNotContain(company.World.Vault.Audit, a => a.OperationName is "KeyRotate" or "KeyUpdate");
    }

    private static async Task<IReadOnlyList<JsonElement>> PendingAsync(LocalCompany company) =>
        [
            .. (await company.Rekey.GetAsync("decisions", "Approver", Cancel))!
                .Value.GetProperty("decisions")
                .EnumerateArray()
                // Whether to cut the person off is a question of its own.
                .Where(d => d.GetProperty("kind").GetString() is "rotate"),
        ];

    private static async Task<(HttpStatusCode Status, string? Reason)> AnswerAsync(
        LocalCompany company,
        Asked asked,
        string answer,
        string who
    )
    {
        using var content = JsonContent.Create(
            new
            {
                answer,
                planHash = asked.PlanHash,
                reason = "read",
            }
        );
        using var reply = await company.Rekey.SendAsync(HttpMethod.Post, $"decisions/{asked.Id}", "Approver", content, who, Cancel);
        return (
            reply.StatusCode,
            reply.IsSuccessStatusCode
                ? null
                : (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString()
        );
    }

    private sealed record Asked(string Id, string PlanHash, string Statement)
    {
        public Asked(JsonElement decision)
            : this(
                decision.GetProperty("id").GetString()!,
                decision.GetProperty("planHash").GetString()!,
                decision.GetProperty("statement").GetString()!
            ) { }
    }
}
