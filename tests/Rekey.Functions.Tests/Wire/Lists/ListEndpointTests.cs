using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rekey.Findings;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Wire.Lists;

/// <summary>Every list of the API over HTTP: its filters, its pages, and what it refuses.</summary>
public sealed class ListEndpointTests(RunningApp app)
{
    /// <summary>Each list with the member that has its items, and what names an item.</summary>
    private static readonly (string Path, string Items, string Id)[] Lists =
    [
        ("departures", "departures", "departure"),
        ("rotations", "rotations", "rotation"),
        ("keys", "keys", "key"),
        ("findings?state=all", "findings", "id"),
        ("decisions?state=all", "decisions", "id"),
        ("decisions", "decisions", "id"),
        ("blocks", "blocks", "id"),
        ("ledger/lines?kind=decision-asked", "lines", "number"),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> All => [.. Lists.Select(l => l.Path)];

    /// <summary>A person on call, who follows the links while things go on.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public async Task All_pages_together_have_each_item_once_and_in_order_also_while_items_are_added(string path)
    {
        var (_, items, id) = Lists.Single(l => l.Path == path);
        await AddAsync(5);
        var before = await IdsAsync(path, items, id);
        var (walked, next) = (new List<string>(), (string?)$"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=2");
        for (var page = 0; next is not null; page++)
        {
            using var reply = await app.Rekey.SendAsync(HttpMethod.Get, next, "Reader", cancellationToken: Cancel);
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            var body = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            var ids = body.GetProperty(items).EnumerateArray().Select(i => i.GetProperty(id).ToString()).ToList();
            Assert.InRange(ids.Count, 0, 2);
            walked.AddRange(ids);
            next = NextOf(reply, path);
            Assert.Equal(next is null, body.GetProperty("next").ValueKind is JsonValueKind.Null);
            if (page is 0 or 1)
            {
                await AddAsync(1);
            }
        }

        var after = (await IdsAsync(path, items, id)).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(walked.Count, walked.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(before.Where(after.Contains), walked.Where(before.Contains).Where(after.Contains));
    }

    [Theory]
    [InlineData("departures?state=closed", "all, open, ended")]
    [InlineData("departures?since=yesterday", "2026-11-30T10:00:00Z")]
    [InlineData("departures?person=", "characters")]
    [InlineData("rotations?state=done", "Verified")]
    [InlineData("rotations?result=declined", "rotated, cancelled, running")]
    [InlineData("rotations?since=1", "2026-11-30T10:00:00Z")]
    [InlineData("findings?state=closed", "open, all")]
    [InlineData("findings?severity=worst", "Critical")]
    [InlineData("decisions?state=open", "Pending")]
    [InlineData("ledger/lines?since=now", "2026-11-30T10:00:00Z")]
    [InlineData("ledger/lines?until=now", "2026-11-30T10:00:00Z")]
    [InlineData("blocks?limit=1000", "200")]
    [InlineData("keys?limit=none", "200")]
    [InlineData("keys?issuer=shpo", "shop")]
    [InlineData("findings?sate=open", "about, after, kind, limit, severity, state")]
    [InlineData("ledger/lines?Kinds=ran", "about, after, kind, limit, since, until")]
    [InlineData("blocks?after=x", "'next'")]
    [InlineData("findings/none?after=x", "'next'")]
    public async Task A_wrong_filter_is_refused_with_what_is_expected(string path, string expected)
    {
        using var reply = await app.Rekey.SendAsync(HttpMethod.Get, path, "Reader", cancellationToken: Cancel);
        var problem = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(
            (HttpStatusCode.BadRequest, "application/problem+json"),
            (reply.StatusCode, reply.Content.Headers.ContentType?.MediaType)
        );
        Assert.Contains(expected, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Every_list_refuses_a_cursor_of_another(string path)
    {
        await AddAsync(2);
        using var other = await app.Rekey.SendAsync(HttpMethod.Get, "ledger/lines?limit=1", "Reader", cancellationToken: Cancel);
        var cursor = (await other.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("next").GetString();
        var mark = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        using var reply = await app.Rekey.SendAsync(HttpMethod.Get, $"{path}{mark}after={cursor}", "Reader", cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Equal("bad-cursor", (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Departures_are_found_by_person_state_and_time()
    {
        var began = DateTimeOffset.UtcNow;
        var (person, departure) = await DepartAsync();
        var found = Assert.Single(await ItemsAsync($"departures?person={person.ToUpperInvariant()}", "departures"));
        Assert.Equal(departure, found.GetProperty("departure").GetString());
        Assert.False(found.GetProperty("confirmed").GetBoolean());
        Assert.Contains(departure, await IdsAsync($"departures?since={began:yyyy-MM-ddTHH:mm:ssZ}", "departures", "departure"));
        Assert.Empty(await ItemsAsync($"departures?since={began.AddDays(1):yyyy-MM-dd}", "departures"));

        var (open, ended) = (
            await ItemsAsync("departures?state=open", "departures"),
            await ItemsAsync("departures?state=ended", "departures")
        );
        Assert.All(open, d => Assert.Equal(JsonValueKind.Null, d.GetProperty("endedAt").ValueKind));
        Assert.All(ended, d => Assert.NotEqual(JsonValueKind.Null, d.GetProperty("endedAt").ValueKind));
        Assert.Equal((await ItemsAsync("departures", "departures")).Count, open.Count + ended.Count);
    }

    /// <summary>What a rotation is shown with is enough to read it alone and to cancel it.</summary>
    [Fact]
    public async Task Rotations_are_found_by_key_state_and_result()
    {
        var key = Assert.Single(await ItemsAsync("keys?key=spare", "keys")).GetProperty("key").GetString()!;
        var (_, departure) = await DepartAsync(key);
        await UntilAsync(async () =>
        {
            foreach (var asked in await ItemsAsync($"decisions?about={key}&kind=rotate", "decisions"))
            {
                await AnswerAsync(asked.GetProperty("id").GetString()!, asked.GetProperty("planHash").GetString()!, "approve");
            }

            return (await ItemsAsync("rotations?key=spare", "rotations")).Count > 0;
        });
        var rotation = (await ItemsAsync("rotations?key=spare", "rotations"))[0];
        var (id, state) = (rotation.GetProperty("rotation").GetString()!, rotation.GetProperty("state").GetString());
        Assert.Equal(key, rotation.GetProperty("key").GetString());
        Assert.Contains(id, await IdsAsync($"rotations?key={Uri.EscapeDataString(key)}", "rotations", "rotation"));
        Assert.DoesNotContain(id, await IdsAsync("rotations?key=partners", "rotations", "rotation"));
        Assert.DoesNotContain(id, await IdsAsync("rotations?result=cancelled", "rotations", "rotation"));
        Assert.DoesNotContain(id, await IdsAsync("rotations?since=2999-01-01", "rotations", "rotation"));
        Assert.NotNull(state);

        var alone = (await app.Rekey.GetAsync($"rotations/{id}", "Approver", Cancel))!.Value;
        var cause = Assert.Single(alone.GetProperty("causes").EnumerateArray());
        Assert.Equal(departure, cause.GetProperty("cause").GetString()!.Split('/')[0]);
        Assert.Null(await app.Rekey.GetAsync($"rotations/{id}0", "Reader", Cancel));
        Assert.Null(await app.Rekey.GetAsync("rotations/spare", "Reader", Cancel));

        // The same id as in the departure.
        var shown = (await app.Rekey.GetAsync($"departures/{departure}", "Reader", Cancel))!.Value.GetProperty("keys")[0];
        Assert.Equal(id, shown.GetProperty("rotation").GetProperty("rotation").GetString());
        var summary = (await ItemsAsync("departures", "departures")).Single(d => d.GetProperty("departure").GetString() == departure);
        Assert.Equal(1, summary.GetProperty("keyCount").GetInt32());
        await UntilAsync(async () =>
            (await ItemsAsync("rotations?key=spare&result=rotated&state=verified", "rotations")).Count == 1
            && Assert.Single(await ItemsAsync("keys?key=spare", "keys")) is var now
            && now.GetProperty("versions")
                .EnumerateArray()
                .Any(v => v.GetProperty("state").GetString() == "Revoked" && v.GetProperty("worthlessAt").ValueKind is JsonValueKind.String)
        );
    }

    [Fact]
    public async Task Decisions_are_found_by_state_also_when_they_are_answered()
    {
        var (yes, no, open) = (await AskAsync(), await AskAsync(), await AskAsync());
        await AnswerAsync(yes.Id, yes.Hash, "approve");
        await AnswerAsync(no.Id, no.Hash, "decline");
        foreach (var (state, id) in new[] { ("approved", yes.Id), ("declined", no.Id), ("pending", open.Id), ("PENDING", open.Id) })
        {
            var found = await ItemsAsync($"decisions?state={state}&kind=block", "decisions");
            Assert.Contains(id, found.Select(d => d.GetProperty("id").GetString()));
            Assert.All(found, d => Assert.Equal(state, d.GetProperty("state").GetString(), ignoreCase: true));
        }

        var all = await IdsAsync("decisions?state=all", "decisions", "id");
        Assert.All(new[] { yes.Id, no.Id, open.Id }, id => Assert.Contains(id, all));
        Assert.Contains(open.Id, await IdsAsync("decisions", "decisions", "id"));
        Assert.DoesNotContain(yes.Id, await IdsAsync("decisions", "decisions", "id"));
        var about = (await app.Rekey.GetAsync($"decisions/{no.Id}", "Reader", Cancel))!.Value.GetProperty("about").GetString()!;
        Assert.Equal([no.Id], await IdsAsync($"decisions?state=all&about={Uri.EscapeDataString(about)}", "decisions", "id"));
        Assert.Empty(await ItemsAsync("decisions?state=lapsed&since=2999-01-01", "decisions"));
    }

    [Fact]
    public async Task Findings_are_found_by_kind_severity_and_subject()
    {
        var about = $"lists/{Guid.NewGuid():N}";
        foreach (var severity in new[] { Severity.Low, Severity.Critical, Severity.Medium, Severity.High })
        {
            await new LedgerOfApp(app).RaiseAsync(
                new(
                    "unissued",
                    $"{about}/{severity}",
                    severity,
                    "A test.",
                    "Nothing.",
                    new Dictionary<string, string>(StringComparer.Ordinal),
                    DateTimeOffset.UtcNow,
                    DateTimeOffset.UtcNow
                ),
                Cancel
            );
        }

        async Task<IEnumerable<string?>> OfAsync(string filter) =>
            (await ItemsAsync($"findings?about={about}{filter}", "findings")).Select(f => f.GetProperty("severity").GetString());
        Assert.Equal(["Critical", "High", "Medium", "Low"], await OfAsync(""));
        Assert.Equal(["Critical", "High"], await OfAsync("&severity=high"));
        Assert.Equal(["Low"], await OfAsync("/Low&kind=unissued"));
        Assert.Empty(await OfAsync("&kind=altered"));
    }

    [Fact]
    public async Task Lines_of_the_ledger_are_found_by_kind_subject_and_time_and_hold_no_name()
    {
        var (person, departure) = await DepartAsync();
        var found = Assert.Single(await ItemsAsync($"ledger/lines?kind=departure-noticed&about={departure}", "lines"));
        Assert.Equal(departure, found.GetProperty("about").GetString());
        Assert.Contains(person, found.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("contoso.example\"", found.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Somebody", found.GetRawText(), StringComparison.Ordinal);
        Assert.Empty(await ItemsAsync($"ledger/lines?about={departure}&since=2999-01-01", "lines"));
        Assert.Empty(await ItemsAsync($"ledger/lines?about={departure}&until=2020-01-01", "lines"));
        var head = (await app.Rekey.GetAsync("ledger", "Reader", Cancel))!.Value.GetProperty("lines").GetInt64();
        var newest = (await ItemsAsync("ledger/lines?limit=1", "lines"))[0].GetProperty("number").GetInt64();
        Assert.True(newest >= head, $"{newest} of {head}");
    }

    /// <summary>Something new in each list that grows: a departure, a question, a finding and their lines.</summary>
    private async Task AddAsync(int count)
    {
        for (var n = 0; n < count; n++)
        {
            await DepartAsync();
            await AskAsync();
            await new LedgerOfApp(app).RaiseAsync(
                new(
                    "unissued",
                    $"added/{Guid.NewGuid():N}",
                    (Severity)(1 + (n % 5)),
                    "A test.",
                    "Nothing.",
                    new Dictionary<string, string>(StringComparer.Ordinal),
                    DateTimeOffset.UtcNow,
                    DateTimeOffset.UtcNow
                ),
                Cancel
            );
        }
    }

    private async Task<(string Person, string Departure)> DepartAsync(params string[] keys)
    {
        var person = Guid.NewGuid().ToString();
        app.World.Graph.AddUser(new(person, $"{person}@contoso.example", "Somebody"));
        using var content = JsonContent.Create(new { personId = person, keys });
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "departures", "Operator", content, cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        return (person, (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("departure").GetString()!);
    }

    private async Task<(string Id, string Hash)> AskAsync()
    {
        using var content = JsonContent.Create(
            new
            {
                kind = "token",
                issuer = "partners",
                value = $"list-{Guid.NewGuid():N}",
                reason = "a test",
            }
        );
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "blocks", "Operator", content, cancellationToken: Cancel);
        var asked = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return (asked.GetProperty("decision").GetString()!, asked.GetProperty("planHash").GetString()!);
    }

    private async Task AnswerAsync(string decision, string hash, string answer)
    {
        using var content = JsonContent.Create(new { answer, planHash = hash });
        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            $"decisions/{decision}",
            "Approver",
            content,
            cancellationToken: Cancel
        );
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    /// <summary>The items on all pages of the greatest size.</summary>
    private async Task<IReadOnlyList<JsonElement>> ItemsAsync(string path, string items)
    {
        var (all, next) = (new List<JsonElement>(), (string?)path);
        while (next is not null)
        {
            using var reply = await app.Rekey.SendAsync(HttpMethod.Get, next, "Reader", cancellationToken: Cancel);
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            all.AddRange((await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty(items).EnumerateArray());
            next = NextOf(reply, path);
        }

        return all;
    }

    private async Task<IReadOnlyList<string>> IdsAsync(string path, string items, string id) =>
        [.. (await ItemsAsync(path, items)).Select(i => i.GetProperty(id).ToString())];

    /// <summary>The address of the next page as a client finds it (RFC 8288).</summary>
    private string? NextOf(HttpResponseMessage reply, string path)
    {
        if (!reply.Headers.TryGetValues("Link", out var links))
        {
            return null;
        }

        var link = Assert.Single(links);
        Assert.Matches("^<[^<> ]+>; rel=\"next\"$", link);
        var target = link[1..link.IndexOf('>', StringComparison.Ordinal)];
        return new Uri(new Uri(app.World.HostAddress, path), target).PathAndQuery;
    }

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
