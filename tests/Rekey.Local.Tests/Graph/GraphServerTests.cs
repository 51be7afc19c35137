using System.Text.Json.Nodes;
using Rekey.Local.Graph;
using Rekey.Local.Identity;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.Graph;

public sealed class GraphServerTests : LocalTest
{
    private const string Id = "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb";
    private GraphServer _graph = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _graph = Tenant.Own(await GraphServer.StartAsync(new GraphOptions { Time = Tenant.Time }, Tenant.Identity, Tenant.Authority));
        _graph.AddUser(new GraphUser(Id, "eva@demo.example", "Eva"));
    }

    [Fact]
    public async Task Only_selected_fields_should_come()
    {
        var answer = (await Get($"users/{Id}?$select=id,accountEnabled")).Expect(200);

        Assert.Equal(["@odata.context", "id", "accountEnabled"], answer.Body!.AsObject().Select(p => p.Key));
        Assert.True(answer.Body["accountEnabled"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Without_a_selection_accountEnabled_should_be_missing()
    {
        var answer = (await Get($"users/{Id}")).Expect(200);

        Assert.Equal(Id, answer.Body!["id"]!.GetValue<string>());
        Assert.False(answer.Body.AsObject().ContainsKey("accountEnabled"));
    }

    [Fact]
    public async Task A_disabled_user_should_be_told_of_and_read_as_disabled()
    {
        var told = Listen();

        await _graph.DisableAsync(Id);

        Assert.False((await Get($"users/{Id}?$select=accountEnabled")).Body!["accountEnabled"]!.GetValue<bool>());
        Assert.Equal(GraphChangeEvent.Updated, Assert.Single(told).Type);
        await _graph.EnableAsync(Id);
        Assert.True((await Get($"users/{Id}?$select=accountEnabled")).Body!["accountEnabled"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Sessions_should_be_revoked_only_with_their_own_permission()
    {
        var action = $"{_graph.Address}v1.0/users/{Id}/revokeSignInSessions";
        var token = (string[] roles) => Tenant.Identity.Mint(LocalTenant.Officer, Audiences.Graph, roles);
        var refused = (await Tenant.SendAsync("POST", action, null, token(["User.Read.All", "Directory.ReadWrite.All"]))).Expect(403);
        Assert.Equal("Authorization_RequestDenied", refused.Code);
        Assert.Null(_graph.FindUser(Id)!.SignInSessionsValidFromDateTime);

        var answer = (await Tenant.SendAsync("POST", action, null, token(["User.RevokeSessions.All"]))).Expect(200);
        Assert.True(answer.Body!["value"]!.GetValue<bool>());
        Assert.NotNull(_graph.FindUser(Id)!.SignInSessionsValidFromDateTime);
        Assert.True(_graph.FindUser(Id)!.AccountEnabled);

        await _graph.DeleteAsync(Id);
        Assert.Equal(
            "Request_ResourceNotFound",
            (await Tenant.SendAsync("POST", action, null, token(["User.RevokeSessions.All"]))).Expect(404).Code
        );
    }

    [Fact]
    public async Task A_deleted_user_should_move_to_deleted_items_under_a_prefixed_name()
    {
        var told = Listen();

        await _graph.DeleteAsync(Id);

        Assert.Equal("Request_ResourceNotFound", (await Get($"users/{Id}")).Expect(404).Code);
        var answer = (await Get($"directory/deletedItems/{Id}/microsoft.graph.user?$select=id,userPrincipalName,deletedDateTime")).Expect(
            200
        );
        Assert.Equal("aaaaaaaa000011112222bbbbbbbbbbbbeva@demo.example", answer.Body!["userPrincipalName"]!.GetValue<string>());
        Assert.Equal("2026-05-04T10:00:00Z", answer.Body["deletedDateTime"]!.GetValue<string>());
        Assert.Equal(
            "#microsoft.graph.user",
            (await Get($"directory/deletedItems/{Id}")).Expect(200).Body!["@odata.type"]!.GetValue<string>()
        );
        Assert.Equal(GraphChangeEvent.Updated, Assert.Single(told).Type);

        await _graph.RestoreAsync(Id);
        Assert.Equal("eva@demo.example", (await Get($"users/{Id}")).Expect(200).Body!["userPrincipalName"]!.GetValue<string>());
        (await Get($"directory/deletedItems/{Id}")).Expect(404);
    }

    [Fact]
    public async Task A_purged_user_should_be_nowhere_and_told_of_as_deleted()
    {
        await _graph.DeleteAsync(Id);
        var told = Listen();

        await _graph.PurgeAsync(Id);

        (await Get($"users/{Id}")).Expect(404);
        (await Get($"directory/deletedItems/{Id}")).Expect(404);
        Assert.Equal(GraphChangeEvent.Deleted, Assert.Single(told).Type);
    }

    [Fact]
    public void The_event_should_be_the_CloudEvent_of_Event_Grid()
    {
        var first = _graph.NewEvent(Id);
        var e = JsonNode.Parse(first.ToCloudEvent())!;

        Assert.Equal("1.0", e["specversion"]!.GetValue<string>());
        Assert.Equal($"Users/{Id}", e["subject"]!.GetValue<string>());
        Assert.Equal(
            $"/tenants/{Tenant.Identity.TenantId}/applications/abababab-1111-2222-3333-cdcdcdcdcdcd",
            e["source"]!.GetValue<string>()
        );
        Assert.Equal("2026-05-04T10:00:00.0000000Z", e["time"]!.GetValue<string>());
        var data = e["data"]!;
        Assert.Equal("updated", data["changeType"]!.GetValue<string>());
        Assert.Equal(Tenant.Identity.TenantId, data["tenantId"]!.GetValue<string>());
        Assert.Equal("local-client-state", data["clientState"]!.GetValue<string>());
        Assert.Equal(Id, data["resourceData"]!["id"]!.GetValue<string>());
        Assert.True(_graph.NewEvent(Id).SequenceNumber > first.SequenceNumber);
    }

    [Fact]
    public async Task A_token_without_the_app_role_should_be_denied() =>
        Assert.Equal(
            "Authorization_RequestDenied",
            (await Get($"users/{Id}", Tenant.Identity.Mint("oid", Audiences.Graph))).Expect(403).Code
        );

    [Fact]
    public async Task The_leave_date_should_need_its_own_app_role()
    {
        await _graph.UpdateAsync(Id, user => user with { EmployeeLeaveDateTime = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero) });

        (await Get($"users/{Id}?$select=employeeLeaveDateTime")).Expect(403);
        var token = Tenant.Identity.Mint("oid", Audiences.Graph, ["User.Read.All", "User-LifeCycleInfo.Read.All"]);
        Assert.Equal(
            "2026-06-01T00:00:00Z",
            (await Get($"users/{Id}?$select=employeeLeaveDateTime", token)).Expect(200).Body!["employeeLeaveDateTime"]!.GetValue<string>()
        );
    }

    [Fact]
    public async Task Bad_tokens_should_be_401()
    {
        Assert.Equal("InvalidAuthenticationToken", (await Get($"users/{Id}", "")).Expect(401).Code);
        (await Get($"users/{Id}", Tenant.Identity.Mint("oid", Audiences.KeyVault, ["User.Read.All"]))).Expect(401);
        (await Get($"users/{Id}", Tenant.Identity.Mint("oid", Audiences.Graph, ["User.Read.All"], TimeSpan.FromSeconds(-1)))).Expect(401);
    }

    [Fact]
    public async Task An_unknown_field_should_be_a_400() =>
        Assert.Equal("BadRequest", (await Get($"users/{Id}?$select=shoeSize")).Expect(400).Code);

    [Fact]
    public async Task Faults_should_strike_as_often_as_told()
    {
        _graph.Faults.Fail(GraphServer.GetUser, 503, times: 2);
        _graph.Faults.Fail(GraphServer.GetUser, 429, retryAfter: TimeSpan.FromSeconds(7));

        (await Get($"users/{Id}")).Expect(503);
        (await Get($"users/{Id}")).Expect(503);
        Assert.Equal(TimeSpan.FromSeconds(7), (await Get($"users/{Id}")).Expect(429).Headers.RetryAfter!.Delta);
        (await Get($"users/{Id}")).Expect(200);
    }

    private List<GraphChangeEvent> Listen()
    {
        var told = new List<GraphChangeEvent>();
        _graph.Changed = e =>
        {
            told.Add(e);
            return Task.CompletedTask;
        };
        return told;
    }

    private Task<Answer> Get(string path, string? token = null) =>
        Tenant.SendAsync(
            "GET",
            $"{_graph.Address}v1.0/{path}",
            null,
            token ?? Tenant.Identity.Mint("oid", Audiences.Graph, ["User.Read.All"])
        );
}
