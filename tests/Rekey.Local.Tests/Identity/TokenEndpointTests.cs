using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rekey.Local.Identity;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.Identity;

public sealed class TokenEndpointTests : LocalTest
{
    private const string Audience = "api://rekey";
    private static readonly RegisteredClient Approver = new(
        "client-approver",
        "s3cret",
        "oid-approver",
        new Dictionary<string, string[]> { [Audience] = ["Approver"] }
    );

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Tenant.Identity.Register(Approver);
    }

    [Fact]
    public async Task A_token_should_validate_with_what_discovery_publishes()
    {
        var token = (await Ask(Form())).Body["access_token"]!.GetValue<string>();

        var metadata = await Get($"{Tenant.Identity.Issuer}/.well-known/openid-configuration");
        var jwks = await Get(metadata["jwks_uri"]!.GetValue<string>());
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = metadata["issuer"]!.GetValue<string>(),
                ValidAudience = Audience,
                IssuerSigningKeys = new JsonWebKeySet(jwks.ToJsonString()).GetSigningKeys(),
                ValidateLifetime = false,
            }
        );
        Assert.True(result.IsValid, result.Exception?.Message);
        var jwt = (JsonWebToken)result.SecurityToken;
        Assert.Equal("oid-approver", jwt.GetClaim("oid").Value);
        Assert.Equal("oid-approver", jwt.Subject);
        Assert.Equal("client-approver", jwt.GetClaim("azp").Value);
        Assert.Equal("Approver", jwt.GetClaim("roles").Value);
        Assert.Equal(Tenant.Identity.TenantId, jwt.GetClaim("tid").Value);
        Assert.Equal("2.0", jwt.GetClaim("ver").Value);
        Assert.Equal(Tenant.Time.GetUtcNow().UtcDateTime.AddHours(1), jwt.ValidTo);
        Assert.Equal("RS256", jwt.Alg);
        Assert.NotEmpty(jwt.GetClaim("uti").Value);
    }

    [Fact]
    public async Task A_secret_sent_as_HTTP_Basic_should_do()
    {
        var form = Form();
        form.Remove("client_id");
        form.Remove("client_secret");

        var (status, _) = await Ask(form, "client-approver:s3cret");

        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData("client_secret", "wrong", 401, "invalid_client")]
    [InlineData("client_id", "nobody", 400, "unauthorized_client")]
    [InlineData("grant_type", "password", 400, "unsupported_grant_type")]
    [InlineData("scope", "api://rekey", 400, "invalid_scope")]
    [InlineData("scope", "api://other/.default", 400, "invalid_resource")]
    public async Task A_bad_request_should_get_the_OAuth_error(string field, string value, int status, string error)
    {
        var form = Form();
        form[field] = value;

        var answer = await Ask(form);

        Assert.Equal(status, answer.Status);
        Assert.Equal(error, answer.Body["error"]!.GetValue<string>());
        Assert.StartsWith("AADSTS", answer.Body["error_description"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Form() =>
        new()
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "client-approver",
            ["client_secret"] = "s3cret",
            ["scope"] = Audience + "/.default",
        };

    private async Task<(int Status, JsonNode Body)> Ask(Dictionary<string, string> form, string? basic = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Tenant.Identity.TenantAuthority}/oauth2/v2.0/token")
        {
            Content = new FormUrlEncodedContent(form),
        };
        if (basic is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        }

        using var response = await Tenant.Http.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    private async Task<JsonNode> Get(string address) => JsonNode.Parse(await Tenant.Http.GetStringAsync(address))!;
}
