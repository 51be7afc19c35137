using Rekey.Azure.Entra;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Departures.Directory;

namespace Rekey.Azure.Tests.Entra;

public sealed class GraphAccountFeedTests
{
    private const string Delta = "/v1.0/users/delta";
    private const string Deleted = "/v1.0/directory/deletedItems/microsoft.graph.user";
    private const string Root = "https://graph.microsoft.com";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Guid Person = Guid.Parse("aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb");

    [Theory]
    [InlineData("\"accountEnabled\":true", PersonStanding.Enabled)]
    [InlineData("\"accountEnabled\":false", PersonStanding.Disabled)]
    [InlineData("\"@removed\":{\"reason\":\"changed\"}", PersonStanding.Deleted)]
    [InlineData("\"@removed\":{\"reason\":\"deleted\"}", PersonStanding.Unknown)]
    [InlineData("\"displayName\":\"X\"", null)]
    public async Task A_row_says_how_the_account_stands(string member, PersonStanding? standing)
    {
        await using var stub = await StartAsync();
        stub.On("GET", Delta, Page($$"""{"id":"{{Person}}",{{member}}}""", "deltaLink", $"{Root}{Delta}?$deltatoken=b"));
        var page = await Feed(stub).ReadChangesAsync($"{Root}{Delta}?$deltatoken=a", Cancel);
        Assert.Equal(standing, Assert.Single(page!.Rows).Standing);
        Assert.Equal((null, $"{Root}{Delta}?$deltatoken=b"), (page.Next, page.Delta));
        var asked = Assert.Single(stub.Requests);
        Assert.Equal($"{Delta}?$deltatoken=a", asked.Url);
    }

    [Fact]
    public async Task The_first_call_selects_what_is_needed_and_pages_follow()
    {
        await using var stub = await StartAsync();
        stub.On("GET", Delta, Page($$"""{"id":"{{Person}}","accountEnabled":true}""", "nextLink", $"{Root}{Delta}?$skiptoken=2"));
        Assert.Equal($"{Root}{Delta}?$skiptoken=2", (await Feed(stub).ReadChangesAsync(null, Cancel))!.Next);
        Assert.Equal($"{Delta}?$select=id,accountEnabled", Assert.Single(stub.Requests).Url);
    }

    [Theory]
    [InlineData(410, "resyncRequired")]
    [InlineData(400, "Request_BadRequest")]
    [InlineData(404, "Request_ResourceNotFound")]
    public async Task A_link_that_has_expired_is_no_page(int status, string code)
    {
        await using var stub = await StartAsync();
        stub.On("GET", Delta, Reply.Error(status, code)).On("GET", Deleted, Reply.Error(status, code));
        Assert.Null(await Feed(stub).ReadChangesAsync($"{Root}{Delta}?$deltatoken=a", Cancel));
        Assert.Null(await Feed(stub).ReadDeletedAsync($"{Root}{Deleted}?$skiptoken=a", Cancel));
    }

    [Fact]
    public async Task No_token_goes_to_another_host()
    {
        await using var stub = await StartAsync();
        stub.On("GET", Delta, Page($$"""{"id":"{{Person}}","accountEnabled":true}""", "nextLink", "https://elsewhere.example/x"));
        Assert.Null(await Feed(stub).ReadChangesAsync("https://elsewhere.example/v1.0/users/delta?$deltatoken=a", Cancel));
        Assert.Empty(stub.Requests);
        await Assert.ThrowsAsync<CannotContinueException>(() => Feed(stub).ReadChangesAsync(null, Cancel));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_throttle_and_an_outage_say_how_long_to_wait(int status)
    {
        await using var stub = await StartAsync();
        stub.On("GET", Delta, Reply.Error(status, "X") with { Headers = new() { ["Retry-After"] = "420" } });
        var refused = await Assert.ThrowsAsync<RetryLaterException>(() => Feed(stub).ReadChangesAsync(null, Cancel));
        Assert.Equal(TimeSpan.FromSeconds(420), refused.Delay);
    }

    [Fact]
    public async Task Replies_that_make_no_sense_decide_nothing()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            Delta,
            new Reply(200, "{}"),
            new Reply(200, """{"value":[]}"""),
            Page("""{"id":"nobody","accountEnabled":false}""", "deltaLink", $"{Root}{Delta}?$deltatoken=b"),
            new Reply(404, "<html>not here</html>")
        );
        for (var i = 0; i < 4; i++)
        {
            await Assert.ThrowsAsync<RetryLaterException>(() => Feed(stub).ReadChangesAsync(null, Cancel));
        }
    }

    [Fact]
    public async Task Users_without_accountEnabled_are_not_taken_for_enabled()
    {
        await using var stub = await StartAsync();
        stub.On("GET", Delta, Page($$"""{"id":"{{Person}}"}""", "deltaLink", $"{Root}{Delta}?$deltatoken=b"));
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => Feed(stub).ReadChangesAsync(null, Cancel));
        Assert.Equal("graph-forbidden", refused.Reason);
    }

    private static Reply Page(string row, string link, string address) =>
        new(200, $$"""{"value":[{{row}}],"@odata.{{link}}":"{{address}}"}""");

    private static async Task<StubServer> StartAsync()
    {
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        return stub;
    }

    private static GraphAccountFeed Feed(StubServer stub) =>
        new(
            new FakeCredential(),
            new GraphClientOptions(new(Root), $"{Root}/.default") { Transport = stub.Transport() },
            new(TimeProvider.System, TimeSpan.Zero),
            TimeProvider.System
        );
}
