using System.Buffers.Text;
using System.Text;
using Azure.Core;
using Azure.Identity;
using Rekey.Azure.Entra;
using Rekey.Azure.Tests.Support;
using Rekey.Core;

namespace Rekey.Azure.Tests.Entra;

public sealed class OwnGraphTokenTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"oid":"app-1","roles":["User.Read.All","Application.Read.All"]}""", "User.Read.All,Application.Read.All")]
    [InlineData("""{"oid":"app-1"}""", "")]
    public async Task Granted_permissions_are_the_roles_of_the_token(string claims, string granted)
    {
        var own = await Of(claims).ReadAsync(Cancel);
        Assert.Equal("app-1", own.ObjectId);
        Assert.Equal(granted, string.Join(',', own.GraphPermissions));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{}")]
    public async Task A_token_that_cannot_be_read_says_nothing(string claims) =>
        await Assert.ThrowsAsync<RetryLaterException>(() => Of(claims).ReadAsync(Cancel));

    [Fact]
    public async Task An_opaque_token_says_nothing() =>
        await Assert.ThrowsAsync<RetryLaterException>(() => Of((_, _) => new("opaque", DateTimeOffset.MaxValue)).ReadAsync(Cancel));

    [Fact]
    public async Task Without_a_credential_people_are_asked() =>
        Assert.Equal(
            "credential-unavailable",
            (
                await Assert.ThrowsAsync<CannotContinueException>(() =>
                    Of((_, _) => throw new CredentialUnavailableException("none")).ReadAsync(Cancel)
                )
            ).Reason
        );

    [Fact]
    public async Task The_time_is_that_of_the_answer()
    {
        // The stub's server writes the time of its own clock into each answer, also into a refusal.
        await using var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        stub.On("GET", "/", new Reply(404, ""));
        using var client = stub.Client();
        var token = new OwnGraphToken(new FakeCredential(), "x/.default", client, new("https://login.example/"));
        Assert.InRange((await token.ReadTimeAsync(Cancel) - DateTimeOffset.UtcNow).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    private static OwnGraphToken Of(string claims) =>
        Of((_, _) => new($"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.s", DateTimeOffset.MaxValue));

    private static OwnGraphToken Of(Func<TokenRequestContext, CancellationToken, AccessToken> token) =>
        new(DelegatedTokenCredential.Create(token), "x/.default", new HttpClient(), new("https://login.example/"));
}
