using System.Text.Json.Nodes;
using Rekey.Local.Graph;
using Rekey.Local.Identity;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.Graph;

/// <summary>Members, owners and kinds.</summary>
public sealed class PrincipalEndpointsTests : LocalTest
{
    private const string User = "aaaaaaaa-0000-1111-2222-00000000000a";
    private const string Principal = "aaaaaaaa-0000-1111-2222-00000000000b";
    private const string Inner = "aaaaaaaa-0000-1111-2222-00000000000c";
    private const string Outer = "aaaaaaaa-0000-1111-2222-00000000000d";

    private GraphServer _graph = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _graph = Tenant.Own(await GraphServer.StartAsync(new GraphOptions { Time = Tenant.Time }, Tenant.Identity, Tenant.Authority));
        _graph.AddUser(new GraphUser(User, "eva@demo.example", "Eva"));
        _graph.Set(new GraphServicePrincipal(Principal, "app") { ResourceId = "/subscriptions/s/x", Owners = [User] });
        _graph.Set(new GraphGroup(Inner) { Members = [User, Outer], Owners = [Principal] });
        _graph.Set(new GraphGroup(Outer) { Members = [Inner, Principal] });
    }

    [Fact]
    public async Task Members_should_come_through_nested_groups_each_once_page_by_page()
    {
        var first = (await Get($"groups/{Outer}/transitiveMembers?$select=id&$top=2")).Expect(200).Body!;
        Assert.Equal([("#microsoft.graph.group", Inner), ("#microsoft.graph.servicePrincipal", Principal)], Items(first));
        var second = (await Tenant.SendAsync("GET", first["@odata.nextLink"]!.GetValue<string>(), null, Token())).Expect(200).Body!;
        Assert.Equal([("#microsoft.graph.user", User)], Items(second));
        Assert.Null(second["@odata.nextLink"]);
        Assert.True(_graph.IsMember(Outer, User));
        Assert.False(_graph.IsMember(Inner, Inner));
    }

    [Fact]
    public async Task A_list_should_be_written_as_recorded()
    {
        var page = (await Get($"groups/{Outer}/members?$top=1")).Expect(200);
        Assert.Equal(["@odata.context", "@odata.nextLink", "value"], page.Body!.AsObject().Select(m => m.Key));
        Assert.Equal("4.0", page.Headers.GetValues("OData-Version").Single());
        Assert.Equal("@odata.type", page.Body["value"]![0]!.AsObject().First().Key);
        // Nothing selected is all; and what is selected is no more than that.
        Assert.True(page.Body["value"]![0]!.AsObject().ContainsKey("displayName"));
        var selected = (await Get($"groups/{Outer}/members?$select=id")).Expect(200).Body!;
        Assert.Equal(["@odata.context", "value"], selected.AsObject().Select(m => m.Key));
        Assert.Equal(["@odata.type", "id"], selected["value"]![0]!.AsObject().Select(m => m.Key));
        Assert.Equal([("#microsoft.graph.group", Inner), ("#microsoft.graph.servicePrincipal", Principal)], Items(selected));
    }

    [Fact]
    public async Task Owners_and_identities_should_be_told()
    {
        Assert.Equal([("#microsoft.graph.servicePrincipal", Principal)], Items((await Get($"groups/{Inner}/owners")).Expect(200).Body!));
        Assert.Equal([("#microsoft.graph.user", User)], Items((await Get($"servicePrincipals/{Principal}/owners")).Expect(200).Body!));
        var principal = (await Get($"servicePrincipals/{Principal}")).Expect(200).Body!;
        Assert.Equal(
            ("ManagedIdentity", "/subscriptions/s/x"),
            (principal["servicePrincipalType"]!.GetValue<string>(), principal["alternativeNames"]![1]!.GetValue<string>())
        );
        (await Get("applications(appId='app')/owners")).Expect(404);
        _graph.Set(new GraphServicePrincipal(Principal, "app") { ApplicationOwners = [User] });
        Assert.Equal([("#microsoft.graph.user", User)], Items((await Get("applications(appId='app')/owners")).Expect(200).Body!));
    }

    [Fact]
    public async Task Kinds_should_leave_out_what_is_not_there()
    {
        var answer = (
            await Tenant.SendAsync(
                "POST",
                $"{_graph.Address}v1.0/directoryObjects/getByIds",
                new { ids = new[] { User, "nobody", Outer } },
                Token()
            )
        ).Expect(200);
        Assert.Equal([("#microsoft.graph.user", User), ("#microsoft.graph.group", Outer)], Items(answer.Body!));
        (
            await Tenant.SendAsync("POST", $"{_graph.Address}v1.0/directoryObjects/getByIds", new { ids = Array.Empty<string>() }, Token())
        ).Expect(400);
    }

    [Fact]
    public async Task Permissions_should_be_checked_and_what_is_not_there_said()
    {
        Assert.Equal("Authorization_RequestDenied", (await Get($"groups/{Outer}/transitiveMembers", "User.Read.All")).Expect(403).Code);
        Assert.Equal("Authorization_RequestDenied", (await Get($"servicePrincipals/{Principal}", "GroupMember.Read.All")).Expect(403).Code);
        Assert.Equal("Request_ResourceNotFound", (await Get("groups/nobody/transitiveMembers")).Expect(404).Code);
        _graph.Faults.Fail(GraphServer.GetMembers, 429, target: Outer);
        (await Get($"groups/{Outer}/transitiveMembers")).Expect(429);
    }

    private string Token(params string[] roles) =>
        Tenant.Identity.Mint(
            LocalTenant.Officer,
            Audiences.Graph,
            roles.Length == 0 ? ["GroupMember.Read.All", "Application.Read.All"] : roles
        );

    private Task<Answer> Get(string path, params string[] roles) =>
        Tenant.SendAsync("GET", $"{_graph.Address}v1.0/{path}", null, Token(roles));

    private static IEnumerable<(string, string)> Items(JsonNode body) =>
        body["value"]!.AsArray().Select(v => (v!["@odata.type"]!.GetValue<string>(), v["id"]!.GetValue<string>()));
}
