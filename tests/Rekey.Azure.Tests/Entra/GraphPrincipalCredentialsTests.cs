using Rekey.Azure.Entra;
using Rekey.Azure.Tests.Support;
using Rekey.Core;

namespace Rekey.Azure.Tests.Entra;

/// <summary>The credentials of applications through Graph, by whichever id the audit log has.</summary>
public sealed class GraphPrincipalCredentialsTests
{
    private const string Principal = "aaaaaaaa-0000-1111-2222-00000000000b";
    private const string Application = "aaaaaaaa-0000-1111-2222-00000000000c";
    private const string AppId = "aaaaaaaa-0000-1111-2222-00000000000d";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Principal)]
    [InlineData(Application)]
    [InlineData(AppId)]
    public async Task Secrets_certificates_and_federated_credentials_are_read_by_any_id(string id)
    {
        await using var stub = await StartAsync();
        stub.Answers = asked =>
        {
            var path = asked.Url.Split('?')[0];
            return path == $"/v1.0/servicePrincipals/{Principal}" || path == $"/v1.0/servicePrincipals(appId='{AppId}')"
                    ? new(
                        200,
                        $$"""
                        {"id":"{{Principal}}","appId":"{{AppId}}","servicePrincipalType":"Application","passwordCredentials":[],
                         "keyCredentials":[{"keyId":"saml","startDateTime":"2026-01-01T00:00:00Z","endDateTime":"2027-01-01T00:00:00Z"}]}
                        """
                    )
                : path == $"/v1.0/applications/{Application}" || path == $"/v1.0/applications(appId='{AppId}')"
                    ? new(
                        200,
                        $$"""
                        {"id":"{{Application}}","appId":"{{AppId}}","keyCredentials":[],
                         "passwordCredentials":[{"keyId":"secret","startDateTime":"2026-02-01T00:00:00Z","endDateTime":null}]}
                        """
                    )
                : path == $"/v1.0/applications/{Application}/federatedIdentityCredentials" ? new(200, """{"value":[{"id":"federated"}]}""")
                : Reply.Error(404, "Request_ResourceNotFound");
        };
        var found = await Credentials(stub).ReadAsync(id, Cancel);
        Assert.Equal(["saml", "secret", "federated"], found.Select(c => c.Id));
        Assert.True(found[1].IsKnown(new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.False(found[0].IsKnown(new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.False(found[1].IsKnown(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public async Task What_is_gone_and_a_managed_identity_have_none_and_a_refusal_is_one()
    {
        await using var stub = await StartAsync();
        stub.Answers = _ => Reply.Error(404, "Request_ResourceNotFound");
        Assert.Empty(await Credentials(stub).ReadAsync(Principal, Cancel));
        Assert.Empty(await Credentials(stub).ReadAsync("no-guid", Cancel));

        stub.Answers = asked =>
            asked.Url.StartsWith($"/v1.0/servicePrincipals/{Principal}", StringComparison.Ordinal)
                ? new(
                    200,
                    $$"""
                    {"id":"{{Principal}}","appId":"{{AppId}}","servicePrincipalType":"ManagedIdentity","keyCredentials":[{"keyId":"k"}]}
                    """
                )
                : Reply.Error(404, "Request_ResourceNotFound");
        Assert.Empty(await Credentials(stub).ReadAsync(Principal, Cancel));

        stub.Answers = _ => Reply.Error(403, "Authorization_RequestDenied");
        Assert.Equal(
            "graph-forbidden",
            (await Assert.ThrowsAsync<CannotContinueException>(() => Credentials(stub).ReadAsync(Principal, Cancel))).Reason
        );
    }

    private static async Task<StubServer> StartAsync()
    {
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        return stub;
    }

    private static GraphPrincipalCredentials Credentials(StubServer stub) =>
        new(
            new FakeCredential(),
            new GraphClientOptions(new("https://graph.microsoft.com"), "https://graph.microsoft.com/.default")
            {
                Transport = stub.Transport(),
            },
            new(TimeProvider.System, TimeSpan.FromSeconds(60)),
            TimeProvider.System
        );
}
