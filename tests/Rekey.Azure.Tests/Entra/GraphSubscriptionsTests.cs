using System.Text.Json.Nodes;
using Rekey.Azure.Entra;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Departures.Feed;

namespace Rekey.Azure.Tests.Entra;

public sealed class GraphSubscriptionsTests
{
    private const string All = "/v1.0/subscriptions";
    private const string Url = "EventGrid:?azuresubscriptionid=1&resourcegroup=2&partnertopic=3&location=westeurope";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Guid Id = Guid.Parse("7f105c7d-2dc5-4530-97cd-4e7ae6534c07");
    private static readonly DateTimeOffset End = new(2027, 3, 30, 1, 2, 3, TimeSpan.Zero);
    private static readonly string One = $"{All}/{Id}";

    [Fact]
    public async Task All_pages_of_subscriptions_are_read()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            All,
            new Reply(200, $$"""{"value":[{{Shown(Id)}}],"@odata.nextLink":"https://graph.microsoft.com{{All}}?$skiptoken=x"}"""),
            new Reply(200, $$"""{"value":[{{Shown(Guid.Empty)}}]}""")
        );
        var listed = await Client(stub).ListAsync(Cancel);
        Assert.Equal([Id, Guid.Empty], listed.Select(s => s.Id));
        Assert.Equal(new ChangeSubscription(Id, "users", Url, new(2027, 3, 30, 1, 2, 3, 456, TimeSpan.Zero)), listed[0]);
    }

    [Fact]
    public async Task A_subscription_is_created_with_both_addresses()
    {
        await using var stub = await StartAsync();
        stub.On("POST", All, new Reply(201, Shown(Id)));
        Assert.Equal(Id, (await Client(stub).CreateAsync(new(Url, "a secret", End), Cancel))!.Id);
        var body = JsonNode.Parse(Assert.Single(stub.Requests).Body)!.AsObject();
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["changeType"] = "updated,deleted",
                ["resource"] = "users",
                ["clientState"] = "a secret",
                ["expirationDateTime"] = "2027-03-30T01:02:03Z",
                ["notificationUrl"] = Url,
                ["lifecycleNotificationUrl"] = Url,
            },
            body.ToDictionary(m => m.Key, m => m.Value!.GetValue<string>())
        );
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_creation_is_sent_once(int status)
    {
        await using var stub = await StartAsync();
        stub.On("POST", All, Reply.Error(status, "X"), new Reply(201, Shown(Id)));
        await Assert.ThrowsAsync<RetryLaterException>(() => Client(stub).CreateAsync(new(Url, "a secret", End), Cancel));
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task A_conflict_means_that_there_is_one()
    {
        await using var stub = await StartAsync();
        stub.On("POST", All, Reply.Error(409, "ExtensionError"));
        Assert.Null(await Client(stub).CreateAsync(new(Url, "a secret", End), Cancel));
    }

    [Fact]
    public async Task A_renewal_sends_the_end_alone_and_finds_what_is_gone()
    {
        await using var stub = await StartAsync();
        stub.On("PATCH", One, Reply.Error(503, "X"), new Reply(200, Shown(Id)), Reply.Error(404, "ResourceNotFound"));
        var client = Client(stub);
        Assert.Equal(Id, (await client.RenewAsync(Id, End, Cancel))!.Id);
        Assert.All(stub.Requests, r => Assert.Equal("""{"expirationDateTime":"2027-03-30T01:02:03Z"}""", r.Body));
        Assert.Null(await client.RenewAsync(Id, End, Cancel));
    }

    [Fact]
    public async Task A_reauthorization_and_a_removal_find_what_is_gone()
    {
        await using var stub = await StartAsync();
        stub.On("POST", $"{One}/reauthorize", new Reply(204, ""), Reply.Error(404, "ResourceNotFound"));
        stub.On("DELETE", One, new Reply(204, ""), Reply.Error(404, "ResourceNotFound"));
        var client = Client(stub);
        Assert.True(await client.ReauthorizeAsync(Id, Cancel));
        Assert.False(await client.ReauthorizeAsync(Id, Cancel));
        await client.RemoveAsync(Id, Cancel);
        await client.RemoveAsync(Id, Cancel);
        Assert.Equal(4, stub.Requests.Count);
    }

    [Theory]
    [InlineData(403, "graph-forbidden", "User.Read.All")]
    [InlineData(400, "graph-bad-request", "Check the endpoints")]
    public async Task A_refusal_repeats_what_graph_says(int status, string reason, string remedy)
    {
        await using var stub = await StartAsync();
        stub.On("POST", All, new Reply(status, """{"error":{"code":"ExtensionError","message":"Partner topic is not authorized."}}"""));
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => Client(stub).CreateAsync(new(Url, "a secret", End), Cancel));
        Assert.Equal(reason, refused.Reason);
        Assert.Contains("Partner topic is not authorized.", refused.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, refused.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"value":[{"id":null,"resource":"users"}]}""")]
    [InlineData("""{"value":null}""")]
    [InlineData("nonsense")]
    public async Task A_reply_that_makes_no_sense_decides_nothing(string body)
    {
        await using var stub = await StartAsync();
        stub.On("GET", All, new Reply(200, body));
        await Assert.ThrowsAsync<RetryLaterException>(() => Client(stub).ListAsync(Cancel));
    }

    private static string Shown(Guid id) =>
        $$"""
            {"id":"{{id}}","resource":"users","applicationId":"24d3b144-21ae-4080-943f-7067b395b913","changeType":"updated,deleted",
             "clientState":null,"notificationUrl":"{{Url}}","lifecycleNotificationUrl":"{{Url}}",
             "expirationDateTime":"2027-03-30T01:02:03.4560000Z","creatorId":"8ee44408-0679-472c-bc2a-692812af3437"}
            """;

    private static async Task<StubServer> StartAsync()
    {
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        return stub;
    }

    private static GraphSubscriptions Client(StubServer stub)
    {
        var options = new GraphClientOptions(new Uri("https://graph.microsoft.com"), "https://graph.microsoft.com/.default")
        {
            Transport = stub.Transport(),
        };
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        return new(new FakeCredential(), options, new(TimeProvider.System, TimeSpan.Zero), TimeProvider.System);
    }
}
