using Rekey.Azure.Entra;
using Rekey.Azure.Tests.Support;
using Rekey.Core;

namespace Rekey.Azure.Tests.Entra;

public sealed class GraphSessionsTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Guid Person = Guid.Parse("aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb");
    private static readonly string Action = $"/v1.0/users/{Person}/revokeSignInSessions";

    /// <summary>Graph has answered with 200 and a body, and with 204.</summary>
    [Theory]
    [InlineData(200, """{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean","value":true}""")]
    [InlineData(204, "")]
    public async Task Sessions_are_revoked_by_one_call_without_a_body(int status, string body)
    {
        await using var stub = await StartAsync();
        stub.On("POST", Action, new Reply(status, body));
        await Sessions(stub).RevokeAsync(Person, Cancel);
        var asked = Assert.Single(stub.Requests);
        Assert.Equal((Action, "token-1"), (asked.Url, asked.Token));
    }

    [Fact]
    public async Task A_user_who_is_deleted_has_no_sessions()
    {
        await using var stub = await StartAsync();
        stub.On("POST", Action, Reply.Error(404, "Request_ResourceNotFound"));
        await Sessions(stub).RevokeAsync(Person, Cancel);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task A_refusal_names_the_permission()
    {
        await using var stub = await StartAsync();
        stub.On("POST", Action, Reply.Error(403, "Authorization_RequestDenied"));
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => Sessions(stub).RevokeAsync(Person, Cancel));
        Assert.Equal("graph-forbidden", refused.Reason);
        Assert.Contains("User.RevokeSessions.All", refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_404_that_is_not_Graphs_own_revokes_nothing()
    {
        await using var stub = await StartAsync();
        stub.On("POST", Action, new Reply(404, "<html>not here</html>"));
        await Assert.ThrowsAsync<RetryLaterException>(() => Sessions(stub).RevokeAsync(Person, Cancel));
    }

    private static async Task<StubServer> StartAsync()
    {
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        return stub;
    }

    private static GraphSessions Sessions(StubServer stub)
    {
        var options = new GraphClientOptions(new Uri("https://graph.microsoft.com"), "https://graph.microsoft.com/.default")
        {
            Transport = stub.Transport(),
        };
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        return new GraphSessions(new FakeCredential(), options, new(TimeProvider.System, TimeSpan.FromSeconds(60)), TimeProvider.System);
    }
}
