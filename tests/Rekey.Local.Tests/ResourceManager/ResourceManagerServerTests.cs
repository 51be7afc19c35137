using System.Text.Json.Nodes;
using Rekey.Local.Identity;
using Rekey.Local.ResourceManager;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.ResourceManager;

/// <summary>The management plane: who may ask, what comes back, and that a role is one in the vault.</summary>
public sealed class ResourceManagerServerTests : VaultTest
{
    private const string Admin = "cccccccc-0000-0000-0000-00000000000a";
    private const string Looker = "cccccccc-0000-0000-0000-00000000000b";
    private const string Developer = "cccccccc-0000-0000-0000-00000000000d";

    private ResourceManagerServer _arm = null!;

    private string Group => Vault.ResourceId[..Vault.ResourceId.IndexOf("/providers/", StringComparison.Ordinal)];

    private string Assignments => $"{Vault.ResourceId}/providers/Microsoft.Authorization/roleAssignments";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _arm = Tenant.Own(
            await ResourceManagerServer.StartAsync(
                new()
                {
                    PageSize = 2,
                    Time = Tenant.Time,
                    IsMember = (group, member) => (group, member) == ("gggggggg", Developer),
                },
                Tenant.Identity,
                Tenant.Authority
            )
        );
        _arm.AddVault(new(Vault.ResourceId, Vault.Address), Vault);
        _arm.Assign(Admin, "ServicePrincipal", ArmRole.Owner, Group);
        _arm.Assign(Looker, "ServicePrincipal", ArmRole.Reader, Vault.ResourceId);
    }

    [Fact]
    public async Task Without_a_good_token_nobody_gets_anything()
    {
        Assert.Equal("AuthenticationFailed", (await Arm("GET", Vault.ResourceId, token: "")).Expect(401).Code);
        Assert.Equal(
            "InvalidAuthenticationToken",
            (await Arm("GET", Vault.ResourceId, token: Tenant.Identity.Mint(Admin, Audiences.KeyVault))).Expect(401).Code
        );
        Assert.Equal(
            "ExpiredAuthenticationToken",
            (await Arm("GET", Vault.ResourceId, token: Tenant.Identity.Mint(Admin, Audiences.ResourceManager, lifetime: TimeSpan.Zero)))
                .Expect(401)
                .Code
        );
        Assert.Equal("AuthorizationFailed", (await Arm("GET", Vault.ResourceId, who: Developer)).Expect(403).Code);
        Assert.Equal(
            "MissingApiVersionParameter",
            (
                await Tenant.SendAsync(
                    "GET",
                    $"{_arm.Address.AbsoluteUri.TrimEnd('/')}{Vault.ResourceId}",
                    null,
                    Tenant.Identity.Mint(Admin, Audiences.ResourceManager)
                )
            )
                .Expect(400)
                .Code
        );
    }

    [Fact]
    public async Task A_reader_reads_and_changes_nothing()
    {
        var vault = (await Arm("GET", Vault.ResourceId, who: Looker)).Expect(200).Body!["properties"]!;
        Assert.Equal(
            (true, "Disabled", Vault.Address.AbsoluteUri),
            (
                vault["enableRbacAuthorization"]!.GetValue<bool>(),
                vault["publicNetworkAccess"]!.GetValue<string>(),
                vault["vaultUri"]!.GetValue<string>()
            )
        );
        Assert.Equal("AuthorizationFailed", (await Grant(Developer, ArmRole.CryptoOfficer, who: Looker)).Expect(403).Code);
        Assert.Equal("AuthorizationFailed", (await Arm("DELETE", _arm.Assignments[0].Id, who: Looker)).Expect(403).Code);
        (await Arm("GET", $"{Vault.ResourceId[..^1]}x", who: Admin)).Expect(404);
    }

    [Fact]
    public async Task A_role_given_over_the_wire_is_one_in_the_vault_until_it_is_deleted()
    {
        (await CreateEc("shop")).Expect(200);
        var token = Tenant.Identity.Mint(Developer, Audiences.KeyVault);
        (await Call("GET", "keys/shop", token: token)).Expect(403);
        var id = (await Grant(Developer, ArmRole.CryptoOfficer)).Expect(201).Body!["id"]!.GetValue<string>();
        (await Call("GET", "keys/shop", token: token)).Expect(200);
        Assert.Equal("RoleAssignmentExists", (await Grant(Developer, ArmRole.CryptoOfficer)).Expect(409).Code);

        (await Arm("DELETE", id)).Expect(200);
        (await Arm("DELETE", id)).Expect(204);
        (await Call("GET", "keys/shop", token: token)).Expect(403);
    }

    [Fact]
    public async Task Roles_give_in_the_vault_what_their_data_actions_say()
    {
        (await CreateEc("shop")).Expect(200);
        _arm.Assign(Developer, "User", ArmRole.Signer, Vault.ResourceId);
        var token = Tenant.Identity.Mint(Developer, Audiences.KeyVault);
        var digest = new { alg = "ES256", value = Convert.ToBase64String(new byte[32]).TrimEnd('=').Replace('+', '-').Replace('/', '_') };
        (await Call("POST", "keys/shop/sign", digest, token)).Expect(200);
        (await Call("POST", "keys/shop/rotate", null, token)).Expect(403);
        (await Call("POST", "keys/shop/backup", null, token)).Expect(403);
    }

    [Fact]
    public async Task Lists_are_at_above_and_below_paged_and_filtered()
    {
        _arm.Assign(Developer, "User", ArmRole.Signer, $"{Vault.ResourceId}/keys/shop");
        _arm.Assign("gggggggg", "Group", ArmRole.Signer, Vault.ResourceId);
        _arm.Assign(Developer, "User", ArmRole.Reader, $"{Group}/providers/Microsoft.Web/sites/elsewhere");
        Assert.Equal(4, (await All(Assignments)).Count);
        Assert.Equal(3, (await All($"{Assignments}?$filter=atScope()")).Count);
        Assert.Single(await All($"{Assignments}?$filter=principalId eq '{Developer}'"));
        Assert.Equal(2, (await All($"{Assignments}?$filter=assignedTo('{Developer}')")).Count);
        Assert.Single(await All($"{Assignments}?$filter=atScope() and assignedTo('{Developer}')"));
        Assert.Equal("InvalidFilter", (await Arm("GET", $"{Assignments}?$filter=nonsense()")).Expect(400).Code);
    }

    [Fact]
    public async Task What_can_be_switched_off_says_whether_it_is_on()
    {
        var group = Group;
        _arm.SetSwitch(group, "Microsoft.EventGrid/partnerTopics", "pt-rekey-users", "activationState", "\"NeverActivated\"");
        _arm.SetSwitch(group, "Microsoft.Insights/metricAlerts", "alert-waiting", "enabled", "true");
        var topics = $"{group}/providers/Microsoft.EventGrid/partnerTopics";
        var topic = Assert.Single(await All(topics));
        Assert.Equal("Microsoft.EventGrid/partnerTopics", topic["type"]!.GetValue<string>());
        Assert.Equal("NeverActivated", topic["properties"]!["activationState"]!.GetValue<string>());
        _arm.SetSwitch(group, "Microsoft.EventGrid/partnerTopics", "pt-rekey-users", "activationState", "\"Activated\"");
        Assert.Equal("Activated", Assert.Single(await All(topics))["properties"]!["activationState"]!.GetValue<string>());
        Assert.True(
            Assert.Single(await All($"{group}/providers/Microsoft.Insights/metricAlerts"))["properties"]!["enabled"]!.GetValue<bool>()
        );
        Assert.Empty(await All($"{group}/providers/Microsoft.Authorization/policyAssignments"));
        Assert.Equal("AuthorizationFailed", (await Arm("GET", topics, who: Developer)).Expect(403).Code);
    }

    [Fact]
    public async Task Eligible_is_not_active_and_an_activation_says_what_it_is_one_of()
    {
        var eligible = _arm.MakeEligible("gggggggg", "Group", ArmRole.CryptoOfficer, Vault.ResourceId);
        Assert.Equal(2, (await All(Assignments)).Count);
        Assert.Equal(
            eligible.Id,
            Assert.Single(await All($"{Vault.ResourceId}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances"))[
                "id"
            ]!.GetValue<string>()
        );
        var active = _arm.Assign(Developer, "User", ArmRole.CryptoOfficer, Vault.ResourceId, eligible.Id);
        var schedule = (await All($"{Vault.ResourceId}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances"))
            .Select(s => s["properties"]!)
            .Single(p => p["assignmentType"]!.GetValue<string>() == "Activated");
        Assert.Equal(
            (active.Id, eligible.Id),
            (
                schedule["originRoleAssignmentId"]!.GetValue<string>(),
                schedule["linkedRoleEligibilityScheduleInstanceId"]!.GetValue<string>()
            )
        );
        _arm.Remove(active);
        Assert.Equal(2, (await All(Assignments)).Count);
    }

    [Fact]
    public async Task Who_may_delete_assignments_of_persons_only_deletes_no_others()
    {
        const string remover = "rrrrrrrr";
        _arm.Assign(remover, "ServicePrincipal", ArmRole.GrantRemover, Vault.ResourceId, deletesOnly: ["User"]);
        var (person, app) = (
            _arm.Assign("pppppppp", "User", ArmRole.Signer, Vault.ResourceId),
            _arm.Assign("aaaaaaaa", "ServicePrincipal", ArmRole.Signer, Vault.ResourceId)
        );
        (await Arm("DELETE", person.Id, who: remover)).Expect(200);
        Assert.Equal("AuthorizationFailed", (await Arm("DELETE", app.Id, who: remover)).Expect(403).Code);
        Assert.Contains(_arm.Assignments, a => a.Id == app.Id);
    }

    [Fact]
    public async Task Roles_keys_diagnostics_retention_and_identities_can_be_read()
    {
        (await CreateEc("shop")).Expect(200);
        var workspace = $"{Group}/providers/Microsoft.OperationalInsights/workspaces/la";
        var identity = $"{Group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id";
        _arm.Change(Vault.ResourceId, v => v with { Diagnostics = [new("audit", workspace)] });
        _arm.SetTable(workspace, "AZKVAuditLogs", 730);
        _arm.SetIdentity(identity, [$"{Group}/providers/Microsoft.Web/sites/app"], ["https://issuer.example|subject"]);
        _arm.SetRole(ArmRole.Signer with { DataActions = ["*"] });

        Assert.Equal(
            "*",
            (await Arm("GET", $"{Vault.ResourceId}/providers/Microsoft.Authorization/roleDefinitions/{ArmRole.Signer.Id}"))
                .Expect(200)
                .Body!["properties"]!["permissions"]![0]!["dataActions"]![0]!.GetValue<string>()
        );
        Assert.Equal(
            "RoleDefinitionDoesNotExist",
            (await Arm("GET", $"{Vault.ResourceId}/providers/Microsoft.Authorization/roleDefinitions/{Guid.Empty}")).Expect(404).Code
        );
        Assert.Equal("shop", Assert.Single(await All($"{Vault.ResourceId}/keys"))["name"]!.GetValue<string>());
        Assert.Equal("EC", (await Arm("GET", $"{Vault.ResourceId}/keys/shop")).Expect(200).Body!["properties"]!["kty"]!.GetValue<string>());
        Assert.Equal(
            workspace,
            Assert.Single(await All($"{Vault.ResourceId}/providers/Microsoft.Insights/diagnosticSettings"))["properties"]![
                "workspaceId"
            ]!.GetValue<string>()
        );
        Assert.Equal(
            730,
            (await Arm("GET", $"{workspace}/tables/AZKVAuditLogs")).Expect(200).Body!["properties"]![
                "totalRetentionInDays"
            ]!.GetValue<int>()
        );
        Assert.Equal(
            "subject",
            Assert.Single(await All($"{identity}/federatedIdentityCredentials"))["properties"]!["subject"]!.GetValue<string>()
        );
        foreach (var (who, seen) in new[] { (Admin, 1), (Looker, 0) })
        {
            var query = new
            {
                query = $"resources | where tostring(identity.userAssignedIdentities) contains '\"{identity}\"' | project id",
            };
            Assert.Equal(
                seen,
                (await Arm("POST", "/providers/Microsoft.ResourceGraph/resources", query, who)).Expect(200).Body!["data"]!.AsArray().Count
            );
        }
    }

    [Fact]
    public async Task Versions_are_listed_page_by_page_and_only_one_by_itself_says_what_it_is()
    {
        var made = new List<string>();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            made.Add((await CreateEc("shop")).Expect(200).Body!["key"]!["kid"]!.GetValue<string>().Split('/')[^1]);
        }

        (await Call("PATCH", $"keys/shop/{made[0]}", new { attributes = new { enabled = false, exp = 1_900_000_000 } })).Expect(200);
        var listed = await All($"{Vault.ResourceId}/keys/shop/versions");
        Assert.Equal(made, listed.Select(v => v["name"]!.GetValue<string>()));
        Assert.All(listed, v => Assert.Null(v["properties"]!["kty"]));
        Assert.Equal(
            [(false, 1_900_000_000L), (true, null), (true, null)],
            listed.Select(v => v["properties"]!["attributes"]!).Select(a => (a["enabled"]!.GetValue<bool>(), a["exp"]?.GetValue<long>()))
        );
        var one = (await Arm("GET", $"{Vault.ResourceId}/keys/shop/versions/{made[1]}", who: Looker)).Expect(200).Body!;
        Assert.Equal(
            (made[1], "EC", false),
            (
                one["name"]!.GetValue<string>(),
                one["properties"]!["kty"]!.GetValue<string>(),
                one["properties"]!["attributes"]!["exportable"]!.GetValue<bool>()
            )
        );
        (await Arm("GET", $"{Vault.ResourceId}/keys/shop/versions/{new string('0', 32)}")).Expect(404);
        (await Arm("GET", $"{Vault.ResourceId}/keys/other/versions")).Expect(404);
    }

    [Fact]
    public async Task A_private_endpoint_is_a_connection_of_the_vault()
    {
        var endpoint = $"{Group}/providers/Microsoft.Network/privateEndpoints/pe";
        _arm.Change(Vault.ResourceId, v => v with { PrivateEndpoints = [endpoint] });
        var connection = Assert.Single(
            (await Arm("GET", Vault.ResourceId)).Expect(200).Body!["properties"]!["privateEndpointConnections"]!.AsArray()
        )!["properties"]!;
        Assert.Equal(
            (endpoint, "Approved"),
            (
                connection["privateEndpoint"]!["id"]!.GetValue<string>(),
                connection["privateLinkServiceConnectionState"]!["status"]!.GetValue<string>()
            )
        );
    }

    [Fact]
    public async Task Faults_strike_and_throttles_say_how_long()
    {
        _arm.Faults.Fail("GET roleAssignments", 429, retryAfter: TimeSpan.FromSeconds(7));
        var answer = (await Arm("GET", Assignments)).Expect(429);
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter!.Delta);
        (await Arm("GET", Assignments)).Expect(200);
    }

    private Task<Answer> Grant(string principal, ArmRole role, string who = Admin) =>
        Arm(
            "PUT",
            $"{Assignments}/{Guid.NewGuid()}",
            new
            {
                properties = new
                {
                    roleDefinitionId = $"/providers/Microsoft.Authorization/roleDefinitions/{role.Id}",
                    principalId = principal,
                    principalType = "User",
                },
            },
            who
        );

    private async Task<List<JsonNode>> All(string path)
    {
        var all = new List<JsonNode>();
        var body = (await Arm("GET", path)).Expect(200).Body!;
        while (true)
        {
            Assert.True(body["value"]!.AsArray().Count <= 2, "the page is longer than it may be");
            all.AddRange(body["value"]!.AsArray().Select(v => v!));
            if (body["nextLink"]?.GetValue<string>() is not { } next)
            {
                return all;
            }

            body = (await Tenant.SendAsync("GET", next, null, Tenant.Identity.Mint(Admin, Audiences.ResourceManager))).Expect(200).Body!;
        }
    }

    private Task<Answer> Arm(string method, string path, object? body = null, string who = Admin, string? token = null) =>
        Tenant.SendAsync(
            method,
            $"{_arm.Address.AbsoluteUri.TrimEnd('/')}{path}"
                + $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}api-version=2022-04-01",
            body,
            token ?? Tenant.Identity.Mint(who, Audiences.ResourceManager)
        );
}
