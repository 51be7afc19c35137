using Rekey.Local.Graph;
using Rekey.Local.Identity;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.Graph;

/// <summary>The stand-in is as strict about subscriptions as Graph is.</summary>
public sealed class SubscriptionEndpointsTests : LocalTest
{
    private const string User = "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb";
    private const string Url = "EventGrid:?azuresubscriptionid=1&resourcegroup=2&partnertopic=3&location=westeurope";
    private GraphServer _graph = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _graph = Tenant.Own(
            await GraphServer.StartAsync(new GraphOptions { Time = Tenant.Time, Subscription = null }, Tenant.Identity, Tenant.Authority)
        );
        _graph.AddUser(new GraphUser(User, "eva@demo.example", "Eva"));
    }

    [Fact]
    public async Task A_subscription_should_send_changes_until_it_ends()
    {
        var sent = new List<GraphChangeEvent>();
        _graph.Changed = e =>
        {
            sent.Add(e);
            return Task.CompletedTask;
        };
        await _graph.DisableAsync(User);
        Assert.Empty(sent);

        var id = await CreateAsync();
        await _graph.EnableAsync(User);
        Assert.Equal((id, "a secret"), (Assert.Single(sent).Subscription.Id, sent[0].Subscription.ClientState));
        Tenant.Time.Advance(TimeSpan.FromDays(20));
        (await Send("PATCH", $"/{id}", new { expirationDateTime = After(28) })).Expect(200);
        Tenant.Time.Advance(TimeSpan.FromDays(27));
        await _graph.DisableAsync(User);
        Assert.Equal(2, sent.Count);

        Tenant.Time.Advance(TimeSpan.FromDays(2));
        await _graph.EnableAsync(User);
        Assert.Equal(2, sent.Count);
        Assert.Equal("ResourceNotFound", (await Send("PATCH", $"/{id}", new { expirationDateTime = After(1) })).Expect(404).Code);
        (await Send("POST", $"/{id}/reauthorize")).Expect(404);
        (await Send("GET", $"/{id}")).Expect(404);
        (await Send("DELETE", $"/{id}")).Expect(404);
    }

    [Theory]
    [InlineData("changeType", null)]
    [InlineData("changeType", "renamed")]
    [InlineData("resource", null)]
    [InlineData("resource", "planets")]
    [InlineData("notificationUrl", null)]
    [InlineData("notificationUrl", "EventGrid:?resourcegroup=2&partnertopic=3&location=westeurope")]
    [InlineData("notificationUrl", "http://hooks.example")]
    [InlineData("lifecycleNotificationUrl", "http://hooks.example")]
    [InlineData("expirationDateTime", null)]
    [InlineData("expirationDateTime", "soon")]
    [InlineData("expirationDateTime", "2026-05-04T09:59:00Z")]
    [InlineData("expirationDateTime", "2026-06-02T10:01:00Z")]
    [InlineData("clientState", "LONG")]
    [InlineData("shoeSize", "42")]
    public async Task A_bad_creation_should_be_a_400(string member, string? value)
    {
        var body = Body();
        if (value is null)
        {
            body.Remove(member);
        }
        else
        {
            body[member] = value == "LONG" ? new string('x', 129) : value;
        }

        (await Send("POST", "", body)).Expect(400);
        Assert.Empty(_graph.Subscriptions);
    }

    [Fact]
    public async Task Only_the_end_can_be_changed_and_only_within_the_limit()
    {
        var id = await CreateAsync();
        (await Send("PATCH", $"/{id}", new { lifecycleNotificationUrl = Url, expirationDateTime = After(1) })).Expect(400);
        (await Send("PATCH", $"/{id}", new { clientState = "another" })).Expect(400);
        (await Send("PATCH", $"/{id}", new { expirationDateTime = After(29.01) })).Expect(400);
        (await Send("PATCH", $"/{id}", new { expirationDateTime = After(0.001) })).Expect(200);
        Assert.Equal(Tenant.Time.GetUtcNow().AddMinutes(45), _graph.Subscriptions[0].ExpiresAt);
        (await Send("POST", $"/{id}/reauthorize")).Expect(204);
    }

    [Fact]
    public async Task A_second_one_should_be_a_409_and_the_client_state_is_shown_at_creation_only()
    {
        var created = (await Send("POST", "", Body())).Expect(201);
        Assert.Equal("a secret", created.Body!["clientState"]!.GetValue<string>());
        (await Send("POST", "", Body())).Expect(409);
        Assert.Null(Assert.Single((await Send("GET", "")).Expect(200).Body!["value"]!.AsArray())!["clientState"]);
    }

    [Fact]
    public async Task An_application_should_see_its_own_ones_only_and_need_the_permission()
    {
        var id = await CreateAsync();
        var other = Tenant.Identity.Mint("other", Audiences.Graph, ["User.Read.All"]);
        Assert.Empty((await Send("GET", "", token: other)).Expect(200).Body!["value"]!.AsArray());
        (await Send("PATCH", $"/{id}", new { expirationDateTime = After(1) }, other)).Expect(404);
        (await Send("DELETE", $"/{id}", token: other)).Expect(404);
        (await Send("POST", "", Body(), other)).Expect(201);
        var without = Tenant.Identity.Mint("app", Audiences.Graph, ["User.ReadBasic.All"]);
        (await Send("GET", "", token: without)).Expect(403);
        (await Send("POST", "", Body(), without)).Expect(403);
    }

    private Dictionary<string, string> Body() =>
        new()
        {
            ["changeType"] = "updated,deleted",
            ["resource"] = "users",
            ["clientState"] = "a secret",
            ["expirationDateTime"] = After(28),
            ["notificationUrl"] = Url,
            ["lifecycleNotificationUrl"] = Url,
        };

    private string After(double days) => Tenant.Time.GetUtcNow().AddDays(days).UtcDateTime.ToString("O");

    private async Task<string> CreateAsync() => (await Send("POST", "", Body())).Expect(201).Body!["id"]!.GetValue<string>();

    private Task<Answer> Send(string method, string path, object? body = null, string? token = null) =>
        Tenant.SendAsync(
            method,
            $"{_graph.Address}v1.0/subscriptions{path}",
            body,
            token ?? Tenant.Identity.Mint("app", Audiences.Graph, ["User.Read.All"])
        );
}
