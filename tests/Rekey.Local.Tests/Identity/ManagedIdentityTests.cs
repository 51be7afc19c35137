using Rekey.Local.Identity;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.Identity;

public sealed class ManagedIdentityTests : LocalTest
{
    private const string Query = "?api-version=2019-08-01&resource=https://vault.azure.net";
    private static readonly ManagedIdentity App = new(
        "client-app",
        "oid-app",
        new Dictionary<string, string[]> { [Audiences.Graph] = ["User.Read.All"] }
    );
    private static readonly ManagedIdentity Remover = new("client-remover", "oid-remover");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Tenant.Identity.Register(App, asDefault: true);
        Tenant.Identity.Register(Remover);
    }

    [Fact]
    public async Task A_request_without_a_client_should_get_the_default_identity()
    {
        var answer = (await Ask(Query)).Expect(200);

        Assert.Equal("Bearer", answer.Body!["token_type"]!.GetValue<string>());
        Assert.Equal("https://vault.azure.net", answer.Body["resource"]!.GetValue<string>());
        Assert.True(long.Parse(answer.Body["expires_on"]!.GetValue<string>()) > DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var verdict = await Tenant.Identity.Validator.ValidateAsync(answer.Body["access_token"]!.GetValue<string>(), Audiences.KeyVault);
        Assert.Equal("oid-app", verdict.Caller!.ObjectId);
        Assert.Empty(verdict.Caller.Roles);
    }

    [Fact]
    public async Task A_named_client_should_get_its_own_identity()
    {
        var answer = (await Ask(Query + "&client_id=client-remover")).Expect(200);

        var verdict = await Tenant.Identity.Validator.ValidateAsync(answer.Body!["access_token"]!.GetValue<string>(), Audiences.KeyVault);
        Assert.Equal("oid-remover", verdict.Caller!.ObjectId);
    }

    [Fact]
    public async Task Roles_should_be_those_on_the_resource_asked_for()
    {
        var answer = (await Ask("?api-version=2019-08-01&resource=https://graph.microsoft.com/")).Expect(200);

        var verdict = await Tenant.Identity.Validator.ValidateAsync(answer.Body!["access_token"]!.GetValue<string>(), Audiences.Graph);
        Assert.Equal(["User.Read.All"], verdict.Caller!.Roles);
    }

    [Fact]
    public async Task A_wrong_header_should_be_refused()
    {
        Assert.Equal(401, (await Ask(Query, "guessed")).Status);
        Assert.Equal(401, (await Ask(Query, "")).Status);
    }

    [Theory]
    [InlineData("?api-version=2019-08-01&resource=https://vault.azure.net&client_id=unknown", "Unable to load the proper Managed Identity")]
    [InlineData("?api-version=2019-08-01&resource=https://nowhere.example", "AADSTS500011")]
    [InlineData("?api-version=2019-08-01", "AADSTS500011")]
    [InlineData("?resource=https://vault.azure.net", "api-version")]
    public async Task What_is_unknown_should_be_a_400_that_says_so(string query, string expected)
    {
        var answer = (await Ask(query)).Expect(400);

        Assert.Contains(expected, answer.Body!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(400, answer.Body["statusCode"]!.GetValue<int>());
    }

    private Task<Answer> Ask(string query, string? header = null) =>
        Tenant.SendAsync(
            "GET",
            Tenant.Identity.IdentityEndpoint + query,
            null,
            "",
            ("X-IDENTITY-HEADER", header ?? Tenant.Identity.IdentityHeader)
        );
}
