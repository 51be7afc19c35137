using Rekey.Azure.Entra;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Departures.Directory;

namespace Rekey.Azure.Tests.Entra;

public sealed class GraphDirectoryTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Guid Person = Guid.Parse("aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb");
    private static readonly string User = $"/v1.0/users/{Person}";
    private static readonly string DeletedItem = $"/v1.0/directory/deletedItems/{Person}";
    private static readonly Reply NotFound = Reply.Error(404, "Request_ResourceNotFound");

    private static Reply Found(string more, string? id = null) => new(200, $$"""{"id":"{{id ?? Person.ToString()}}"{{more}}}""");

    [Theory]
    [InlineData("true", PersonStanding.Enabled)]
    [InlineData("false", PersonStanding.Disabled)]
    public async Task A_user_is_as_accountEnabled_says(string enabled, PersonStanding standing)
    {
        await using var stub = await StartAsync();
        stub.On("GET", User, Found($",\"accountEnabled\":{enabled}"));

        Assert.Equal(standing, await Directory(stub).ReadAsync(Person, Cancel));
        var asked = Assert.Single(stub.Requests);
        Assert.Equal($"{User}?$select=id,accountEnabled", asked.Url);
        Assert.Equal("token-1", asked.Token);
    }

    [Fact]
    public async Task A_missing_user_is_looked_for_among_the_deleted()
    {
        await using var stub = await StartAsync();
        stub.On("GET", User, NotFound)
            .On(
                "GET",
                DeletedItem,
                Found(",\"@odata.type\":\"#microsoft.graph.user\""),
                Found(",\"@odata.type\":\"#microsoft.graph.group\""),
                NotFound
            );
        var directory = Directory(stub);

        Assert.Equal(PersonStanding.Deleted, await directory.ReadAsync(Person, Cancel));
        Assert.Equal(PersonStanding.Unknown, await directory.ReadAsync(Person, Cancel));
        Assert.Equal(PersonStanding.Unknown, await directory.ReadAsync(Person, Cancel));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"accountEnabled\":null")]
    public async Task A_user_without_accountEnabled_is_not_taken_for_enabled(string more)
    {
        await using var stub = await StartAsync();
        stub.On("GET", User, Found(more));

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => Directory(stub).ReadAsync(Person, Cancel));
        Assert.Equal("graph-forbidden", refused.Reason);
    }

    [Fact]
    public async Task A_404_that_is_not_Graphs_own_makes_nobody_a_leaver()
    {
        await using var stub = await StartAsync();
        stub.On("GET", User, new Reply(404, "<html>not here</html>"));

        await Assert.ThrowsAsync<RetryLaterException>(() => Directory(stub).ReadAsync(Person, Cancel));
        Assert.Single(stub.Requests);
    }

    [Theory]
    [InlineData(401, "graph-forbidden")]
    [InlineData(403, "graph-forbidden")]
    [InlineData(400, "graph-bad-request")]
    public async Task A_refusal_has_a_reason(int status, string reason)
    {
        await using var stub = await StartAsync();
        stub.On("GET", User, Reply.Error(status, "X"));

        Assert.Equal(reason, (await Assert.ThrowsAsync<CannotContinueException>(() => Directory(stub).ReadAsync(Person, Cancel))).Reason);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_throttle_and_an_outage_are_waited_for_as_asked(int status)
    {
        await using var stub = await StartAsync();
        stub.On("GET", User, Reply.Error(status, "X") with { Headers = new() { ["Retry-After"] = "42" } });

        Assert.Equal(
            TimeSpan.FromSeconds(42),
            (await Assert.ThrowsAsync<RetryLaterException>(() => Directory(stub).ReadAsync(Person, Cancel))).Delay
        );
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task Replies_that_make_no_sense_decide_nothing()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            User,
            Reply.Drop,
            Reply.Drop,
            Reply.Drop,
            new Reply(200, "nonsense"),
            Found(",\"accountEnabled\":false", Guid.NewGuid().ToString()),
            new Reply(200, new string(' ', 100_000))
        );

        for (var i = 0; i < 4; i++)
        {
            await Assert.ThrowsAsync<RetryLaterException>(() => Directory(stub).ReadAsync(Person, Cancel));
        }
    }

    private static async Task<StubServer> StartAsync()
    {
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        return stub;
    }

    private static GraphDirectory Directory(StubServer stub)
    {
        var options = new GraphClientOptions(new Uri("https://graph.microsoft.com"), "https://graph.microsoft.com/.default")
        {
            Transport = stub.Transport(),
        };
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        return new GraphDirectory(new FakeCredential(), options, new(TimeProvider.System, TimeSpan.FromSeconds(60)), TimeProvider.System);
    }
}
