using System.Text.Json;
using Rekey.Azure.Entra;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.VaultAccess;

namespace Rekey.Azure.Tests.Entra;

/// <summary>Members, owners and kinds through Graph.</summary>
public sealed class GraphPrincipalsTests
{
    private const string Group = "aaaaaaaa-0000-1111-2222-00000000000a";
    private const string Principal = "aaaaaaaa-0000-1111-2222-00000000000b";
    private const string App = "aaaaaaaa-0000-1111-2222-00000000000c";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Members_come_over_all_pages_through_nested_groups_and_what_has_no_known_type_is_unknown()
    {
        await using var stub = await StartAsync();
        stub.Answers = asked =>
            asked.Url.Contains("skiptoken", StringComparison.Ordinal)
                ? new(200, """{"value":[{"@odata.type":"#microsoft.graph.device","id":"D"},{"id":"E"},{}]}""")
                : new(
                    200,
                    """
                    {"value":[{"@odata.type":"#microsoft.graph.user","id":"A"},{"@odata.type":"#microsoft.graph.group","id":"B"},
                     {"@odata.type":"#microsoft.graph.servicePrincipal","id":"C"}],
                     "@odata.nextLink":"https://graph.microsoft.com/v1.0/next?$skiptoken=x"}
                    """
                );
        var members = await Principals(stub).GetMembersAsync(Group, Cancel);
        Assert.Equal(
            [
                ("a", PrincipalKind.User),
                ("b", PrincipalKind.Group),
                ("c", PrincipalKind.ServicePrincipal),
                ("d", PrincipalKind.Unknown),
                ("e", PrincipalKind.Unknown),
            ],
            members!.Select(m => (m.Key, m.Value))
        );
        Assert.Equal($"/v1.0/groups/{Group}/transitiveMembers?$select=id&$top=999", stub.Requests.First().Url);
    }

    [Fact]
    public async Task A_group_that_is_gone_has_no_members_and_one_that_may_not_be_read_is_a_refusal()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            $"/v1.0/groups/{Group}/transitiveMembers",
            Reply.Error(404, "Request_ResourceNotFound"),
            Reply.Error(403, "Authorization_RequestDenied"),
            new Reply(200, """{"value":[],"@odata.nextLink":"https://graph.evil.example/v1.0/next"}""")
        );
        var principals = Principals(stub);
        Assert.Null(await principals.GetMembersAsync(Group, Cancel));
        Assert.Equal(
            "graph-forbidden",
            (await Assert.ThrowsAsync<CannotContinueException>(() => principals.GetMembersAsync(Group, Cancel))).Reason
        );
        Assert.Equal(
            "graph-bad-reply",
            (await Assert.ThrowsAsync<CannotContinueException>(() => principals.GetMembersAsync(Group, Cancel))).Reason
        );
    }

    [Fact]
    public async Task Kinds_are_asked_for_by_the_thousand()
    {
        await using var stub = await StartAsync();
        stub.Answers = asked =>
            new(
                200,
                $$"""
                {"value":[{"@odata.type":"#microsoft.graph.user",
                 "id":"{{JsonDocument.Parse(asked.Body).RootElement.GetProperty("ids")[0].GetString()}}"}]}
                """
            );
        var kinds = await Principals(stub).GetKindsAsync([.. Enumerable.Range(0, 1_001).Select(n => $"p{n}")], Cancel);
        Assert.Equal(["p0", "p1000"], kinds.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([1_000, 1], stub.Requests.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("ids").GetArrayLength()));
        Assert.All(stub.Requests, r => Assert.Equal(("POST", "/v1.0/directoryObjects/getByIds"), (r.Method, r.Url)));
    }

    [Fact]
    public async Task An_application_is_owned_twice_and_a_managed_identity_names_its_resource()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            $"/v1.0/servicePrincipals/{Principal}",
            new Reply(
                200,
                $$"""
                {"id":"{{Principal}}","appId":"{{App}}","servicePrincipalType":"Application",
                 "alternativeNames":["/subscriptions/x/not/meant"]}
                """
            ),
            new Reply(
                200,
                $$"""
                {"id":"{{Principal}}","appId":"{{App}}","servicePrincipalType":"ManagedIdentity",
                 "alternativeNames":["isExplicit=True",
                 "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"]}
                """
            ),
            Reply.Error(404, "Request_ResourceNotFound")
        );
        stub.On(
            "GET",
            $"/v1.0/servicePrincipals/{Principal}/owners",
            new Reply(200, """{"value":[{"@odata.type":"#microsoft.graph.user","id":"O1"}]}""")
        );
        stub.On(
            "GET",
            $"/v1.0/applications(appId='{App}')/owners",
            new Reply(
                200,
                """{"value":[{"@odata.type":"#microsoft.graph.user","id":"O2"},{"@odata.type":"#microsoft.graph.user","id":"O1"}]}"""
            )
        );
        var principals = Principals(stub);

        var application = await principals.GetServicePrincipalAsync(Principal, Cancel);
        Assert.Null(application!.ResourceId);
        Assert.Equal(["o1", "o2"], application.Owners.Keys.Order(StringComparer.Ordinal));
        var managed = await principals.GetServicePrincipalAsync(Principal, Cancel);
        Assert.Equal("/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i", managed!.ResourceId);
        Assert.Equal(["o1"], managed.Owners.Keys);
        Assert.Null(await principals.GetServicePrincipalAsync(Principal, Cancel));
    }

    private static async Task<StubServer> StartAsync()
    {
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        return stub;
    }

    private static GraphPrincipals Principals(StubServer stub) =>
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
