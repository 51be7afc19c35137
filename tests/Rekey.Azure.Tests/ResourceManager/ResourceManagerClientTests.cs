using System.Text.Json;
using Rekey.Azure.ResourceManager;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;

namespace Rekey.Azure.Tests.ResourceManager;

/// <summary>The ARM client against a stub that speaks as Resource Manager does.</summary>
public sealed class ResourceManagerClientTests
{
    private const string Group = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-sec";
    private const string Vault = Group + "/providers/Microsoft.KeyVault/vaults/kv-demo-01";
    private const string Identity = Group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-issuer";
    private const string Assignments = Vault + "/providers/Microsoft.Authorization/roleAssignments";
    private const string Role = "12338af0-0e69-4776-bea7-57ae8d297424";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_vault_is_read_with_the_api_version_and_the_token_of_the_management_plane()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            Vault,
            new Reply(
                200,
                $$$"""
                {"id":"{{{Vault}}}","name":"kv-demo-01","type":"Microsoft.KeyVault/vaults","location":"westeurope","tags":{"env":"prod"},
                 "properties":{"tenantId":"99999999-8888-7777-6666-555555555555","sku":{"family":"A","name":"premium"},
                   "accessPolicies":[{"tenantId":"99999999-8888-7777-6666-555555555555",
                     "objectId":"AAAAAAAA-0000-1111-2222-bbbbbbbbbbbb","permissions":{"keys":["get","sign"],"secrets":[]}}],
                   "enableRbacAuthorization":true,"enableSoftDelete":true,"softDeleteRetentionInDays":30,
                     "enablePurgeProtection":true,"publicNetworkAccess":"Disabled",
                   "networkAcls":{"bypass":"None","defaultAction":"Deny","ipRules":[{"value":"203.0.113.7/32"}],
                     "virtualNetworkRules":[{"id":"/s/n"}]},
                   "privateEndpointConnections":[{"id":"/c/1","properties":{"privateEndpoint":{"id":"/pe/1"},
                     "privateLinkServiceConnectionState":{"status":"Approved"} } },
                     {"id":"/c/2","properties":{"privateEndpoint":{"id":"/pe/2"},
                       "privateLinkServiceConnectionState":{"status":"Pending"} } },{"id":"/c/3",
                       "properties":{"privateEndpoint":{} } }],
                   "vaultUri":"https://kv-demo-01.vault.azure.net/","provisioningState":"Succeeded"}}
                """
            )
        );
        var credential = new FakeCredential();
        var vault = await Client(stub, credential: credential).GetVaultAsync(Vault, Cancel);

        Assert.Equal((true, true, 30), (vault!.IsRbac, vault.IsPurgeProtected, vault.SoftDeleteDays));
        Assert.Equal(
            (false, false, "203.0.113.7/32", "/s/n"),
            (vault.Network.IsPublic, vault.Network.AllowsAll, vault.Network.AddressRules.Single(), vault.Network.Subnets.Single())
        );
        Assert.False(vault.Network.LetsServicesBy);
        Assert.Equal(["/pe/1", "/c/3"], vault.Network.PrivateEndpoints);
        Assert.Equal(
            ("aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb", "get sign"),
            (vault.Policies.Single().ObjectId, string.Join(' ', vault.Policies.Single().Keys))
        );
        var asked = Assert.Single(stub.Requests);
        Assert.Equal(("management.azure.com", $"{Vault}?api-version=2026-02-01"), (asked.Host, asked.Url));
        Assert.Equal("https://management.azure.com/.default", credential.Asked.Single().Scopes.Single());
    }

    [Fact]
    public async Task What_a_vault_leaves_out_is_read_as_the_more_dangerous()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            Vault,
            new Reply(200, """{"properties":{"vaultUri":"https://kv-demo-01.vault.azure.net/","enableRbacAuthorization":null}}""")
        );
        var vault = await Client(stub).GetVaultAsync(Vault, Cancel);
        Assert.Equal((false, false, 90, true), (vault!.IsRbac, vault.IsPurgeProtected, vault.SoftDeleteDays, vault.Network.IsOpen));
        Assert.True(vault.Network.LetsServicesBy);
    }

    [Fact]
    public async Task A_vault_that_is_not_there_is_null_only_when_azure_itself_says_so()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            Vault,
            Reply.Error(404, "ResourceNotFound"),
            Reply.Error(404, "SubscriptionNotFound"),
            new Reply(404, "<html>not here</html>"),
            new Reply(200, "{}"),
            new Reply(200, "[]")
        );
        var client = Client(stub);
        Assert.Null(await client.GetVaultAsync(Vault, Cancel));
        Assert.Equal(
            "arm-forbidden",
            (await Assert.ThrowsAsync<CannotContinueException>(() => client.GetVaultAsync(Vault, Cancel))).Reason
        );
        await Assert.ThrowsAsync<RetryLaterException>(() => client.GetVaultAsync(Vault, Cancel));
        await Assert.ThrowsAsync<RetryLaterException>(() => client.GetVaultAsync(Vault, Cancel));
        await Assert.ThrowsAsync<RetryLaterException>(() => client.GetVaultAsync(Vault, Cancel));
    }

    [Fact]
    public async Task Assignments_come_over_all_pages_without_a_filter()
    {
        await using var stub = await StartAsync();
        stub.Answers = asked =>
            asked.Url.Contains("skipToken=two", StringComparison.Ordinal)
                ? new(200, $$"""{"value":[{{Assignment("b", "Group", Group)}}],"nextLink":null}""")
                : new(
                    200,
                    $$"""
                    {"value":[{{Assignment("a", "User", Vault)}}],
                     "nextLink":"https://management.azure.com{{Assignments}}?api-version=2022-04-01&$skipToken=two"}
                    """
                );
        var found = await Client(stub).GetRoleAssignmentsAsync(Vault, Cancel);
        Assert.Equal(["aaaaaaaa-0000-1111-2222-aaaaaaaaaaaa", "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"], found.Select(a => a.PrincipalId));
        Assert.Equal([Vault, Group], found.Select(a => a.Scope));
        Assert.All(found, a => Assert.Equal(Role, a.RoleId));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero), found[0].CreatedOn);
        Assert.Equal($"{Assignments}?api-version=2022-04-01", stub.Requests.First().Url);
        Assert.Equal(2, stub.Requests.Count);
    }

    [Theory]
    [InlineData("https://management.azure.com.evil.example/next")]
    [InlineData("http://management.azure.com/next")]
    [InlineData("https://management.azure.com:8443/next")]
    [InlineData("/next")]
    public async Task A_next_page_at_another_host_gets_no_token(string next)
    {
        await using var stub = await StartAsync();
        stub.On("GET", Assignments, new Reply(200, $$"""{"value":[],"nextLink":"{{next}}"}"""));
        Assert.Equal(
            "arm-bad-reply",
            (await Assert.ThrowsAsync<CannotContinueException>(() => Client(stub).GetRoleAssignmentsAsync(Vault, Cancel))).Reason
        );
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task Unknown_kinds_of_principals_count_as_people()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            Assignments,
            new Reply(
                200,
                $$"""
                {"value":[{{Assignment("a", "AgentServicePrincipal", Vault)}},{{Assignment("b", "ForeignGroup", Vault)}},
                 {{Assignment("c", "", Vault)}}]}
                """
            )
        );
        var found = await Client(stub).GetRoleAssignmentsAsync(Vault, Cancel);
        Assert.Equal(3, found.Count);
        var reading = new VaultReading(
            Vault,
            DateTimeOffset.UnixEpoch,
            new(
                new("https://kv-demo-01.vault.azure.net/"),
                IsRbac: true,
                [],
                IsPurgeProtected: true,
                90,
                new(IsPublic: false, AllowsAll: false, [], [])
            )
        )
        {
            Assignments = found,
            Roles =
            [
                new(Role, "Key Vault Crypto User", IsCustom: false, [new([], [], ["Microsoft.KeyVault/vaults/keys/sign/action"], [])]),
            ],
        };
        Assert.All(EffectiveAccess.Of(reading), a => Assert.True(a.IsHuman));
    }

    [Theory]
    [InlineData("""{"value":[{"id":"x","properties":{"principalId":"p"}}]}""")]
    [InlineData("""{"value":null}""")]
    [InlineData("""{}""")]
    [InlineData("""{"value":""")]
    public async Task Half_an_answer_is_none(string body)
    {
        await using var stub = await StartAsync();
        stub.On("GET", Assignments, new Reply(200, body));
        await Assert.ThrowsAsync<RetryLaterException>(() => Client(stub).GetRoleAssignmentsAsync(Vault, Cancel));
    }

    [Theory]
    [InlineData(401, "arm-forbidden")]
    [InlineData(403, "arm-forbidden")]
    [InlineData(400, "arm-bad-request")]
    public async Task A_refusal_has_a_reason(int status, string reason)
    {
        await using var stub = await StartAsync();
        stub.On("GET", Assignments, Reply.Error(status, "AuthorizationFailed"));
        Assert.Equal(
            reason,
            (await Assert.ThrowsAsync<CannotContinueException>(() => Client(stub).GetRoleAssignmentsAsync(Vault, Cancel))).Reason
        );
    }

    [Fact]
    public async Task A_short_throttle_is_waited_for_as_it_asks_and_a_long_one_puts_the_work_off()
    {
        var clock = new TestClock();
        await using var stub = await StubServer.StartAsync(clock);
        stub.Challenge = null;
        stub.On("GET", Assignments, Throttled("7"), new Reply(200, $$"""{"value":[{{Assignment("a", "User", Vault)}}]}"""));
        var work = Client(stub, clock).GetRoleAssignmentsAsync(Vault, Cancel);
        await clock.RunAsync(work);
        Assert.Single(await work);
        var times = stub.Requests.Select(r => r.At).ToList();
        Assert.True(times[1] - times[0] >= TimeSpan.FromSeconds(7), $"{times[1] - times[0]}");

        stub.On("GET", Assignments, Throttled("3600"));
        Assert.Equal(
            TimeSpan.FromHours(1),
            (await Assert.ThrowsAsync<RetryLaterException>(() => Client(stub, clock).GetRoleAssignmentsAsync(Vault, Cancel))).Delay
        );
        stub.On("GET", Assignments, Throttled("1"));
        var never = Record.ExceptionAsync(() => Client(stub, clock).GetRoleAssignmentsAsync(Vault, Cancel)).AsTask();
        await clock.RunAsync(never);
        Assert.IsType<RetryLaterException>(await never);
        Assert.Equal(2 + 1 + 4, stub.Requests.Count);
    }

    [Fact]
    public async Task Custom_roles_are_told_from_built_in_ones_with_all_that_they_give_and_leave_out()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            $"{Vault}/providers/Microsoft.Authorization/roleDefinitions/{Role}",
            new Reply(
                200,
                """
                {"name":"x","properties":{"roleName":"Key rotator (custom)","type":"CustomRole",
                  "permissions":[{"actions":["*/read"],"notActions":["x"],"dataActions":["Microsoft.KeyVault/vaults/keys/*"],
                  "notDataActions":["Microsoft.KeyVault/vaults/keys/purge/action"]}]}}
                """
            ),
            Reply.Error(404, "RoleDefinitionDoesNotExist")
        );
        var client = Client(stub);
        var role = await client.GetRoleDefinitionAsync(Vault, Role, Cancel);
        Assert.Equal((Role, "Key rotator (custom)", true), (role!.Id, role.Name, role.IsCustom));
        Assert.True(role.Permissions[0].GivesData("Microsoft.KeyVault/vaults/keys/sign/action"));
        Assert.False(role.Permissions[0].GivesData("Microsoft.KeyVault/vaults/keys/purge/action"));
        Assert.Null(await client.GetRoleDefinitionAsync(Vault, Role, Cancel));
    }

    [Theory]
    [InlineData("\"type\":\"BuiltInRole\",", false)]
    [InlineData("\"type\":\"builtinrole\",", false)]
    [InlineData("\"type\":\"PartnerRole\",", true)]
    [InlineData("", true)]
    public async Task Only_a_role_that_is_said_to_be_built_in_cannot_be_changed(string type, bool isCustom)
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            $"{Vault}/providers/Microsoft.Authorization/roleDefinitions/{Role}",
            new Reply(200, "{\"name\":\"x\",\"properties\":{" + type + "\"roleName\":\"Key Vault Crypto Officer\",\"permissions\":[]}}")
        );
        Assert.Equal(isCustom, (await Client(stub).GetRoleDefinitionAsync(Vault, Role, Cancel))!.IsCustom);
    }

    [Fact]
    public async Task Activations_point_to_the_eligibility_behind_them()
    {
        await using var stub = await StartAsync();
        const string eligible = Vault + "/providers/Microsoft.Authorization/roleEligibilityScheduleInstances";
        stub.On(
            "GET",
            eligible,
            new Reply(
                200,
                $$$"""
                {"value":[{"id":"{{{eligible}}}/e1",
                 "properties":{"roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/{{{Role}}}","principalId":"G",
                 "principalType":"Group","scope":"{{{Vault}}}","status":"Provisioned","memberType":"Direct"}}]}
                """
            )
        );
        stub.On(
            "GET",
            Vault + "/providers/Microsoft.Authorization/roleAssignmentScheduleInstances",
            new Reply(
                200,
                $$$"""
                {"value":[{"id":"s1","properties":{"assignmentType":"Activated","originRoleAssignmentId":"{{{Assignments}}}/r1",
                  "linkedRoleEligibilityScheduleInstanceId":"{{{eligible}}}/e1","principalId":"p","roleDefinitionId":"r",
                  "scope":"s"}},
                          {"id":"s2","properties":{"assignmentType":"Assigned","originRoleAssignmentId":"{{{Assignments}}}/r2",
                            "linkedRoleEligibilityScheduleInstanceId":"{{{eligible}}}/e1","principalId":"p","roleDefinitionId":"r",
                            "scope":"s"}}]}
                """
            )
        );
        var found = await Client(stub).GetEligibilitiesAsync(Vault, Cancel);
        Assert.Equal(("g", Role), (found.Eligibilities.Single().PrincipalId, found.Eligibilities.Single().RoleId));
        Assert.Equal($"{eligible}/e1", found.Activations.Single(a => a.Key == $"{Assignments}/r1").Value);
        Assert.Single(found.Activations);

        // Without the licence nobody can be eligible; a refusal is something else.
        stub.On("GET", eligible, Reply.Error(400, "AadPremiumLicenseRequired"), Reply.Error(403, "AuthorizationFailed"));
        var client = Client(stub);
        Assert.Empty((await client.GetEligibilitiesAsync(Vault, Cancel)).Eligibilities);
        await Assert.ThrowsAsync<CannotContinueException>(() => client.GetEligibilitiesAsync(Vault, Cancel));
    }

    [Fact]
    public async Task How_a_vault_is_watched_and_for_how_long()
    {
        await using var stub = await StartAsync();
        const string workspace = Group + "/providers/Microsoft.OperationalInsights/workspaces/la";
        stub.On(
            "GET",
            Vault + "/providers/Microsoft.Insights/diagnosticSettings",
            new Reply(
                200,
                $$$"""
                {"value":[{"name":"audit-to-la","properties":{"workspaceId":"{{{workspace}}}",
                  "logAnalyticsDestinationType":"Dedicated","logs":[{"category":null,"categoryGroup":"audit","enabled":true}]}},
                          {"name":"metrics","properties":{"storageAccountId":"/s","logs":[{"categoryGroup":"allLogs","enabled":false}]}},
                          {"name":"old","properties":{"eventHubAuthorizationRuleId":"/e","logs":[{"category":"AuditEvent",
                            "enabled":true}]}}]}
                """
            )
        );
        stub.On(
            "GET",
            workspace + "/tables/AZKVAuditLogs",
            new Reply(200, """{"properties":{"retentionInDays":90,"totalRetentionInDays":730}}"""),
            Reply.Error(404, "TableNotFound")
        );
        var client = Client(stub);
        var settings = await client.GetDiagnosticSettingsAsync(Vault, Cancel);
        Assert.Equal(
            [("audit-to-la", true, "AZKVAuditLogs"), ("metrics", false, "AzureDiagnostics"), ("old", true, "AzureDiagnostics")],
            settings.Select(s => (s.Name, s.LogsAudit, s.Table))
        );
        Assert.All(settings, s => Assert.True(s.IsSent));
        Assert.Equal(730, (await client.GetTableRetentionAsync(workspace, "AZKVAuditLogs", Cancel))!.Days);
        Assert.Null(await client.GetTableRetentionAsync(workspace, "AZKVAuditLogs", Cancel));
    }

    [Fact]
    public async Task Versions_are_read_one_by_one_because_a_list_does_not_say_what_they_are()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            Vault + "/keys",
            new Reply(200, """{"value":[{"name":"login","properties":{"attributes":{"enabled":true}}},{"name":"old"}]}""")
        );
        stub.On(
            "GET",
            Vault + "/keys/login/versions",
            new Reply(
                200,
                $$$"""
                {"value":[{"name":"aa","properties":{"attributes":{"enabled":true,"created":1598641074,"exp":1798641074,
                 "recoveryLevel":"Purgeable"} } } ],
                 "nextLink":"https://management.azure.com{{{Vault}}}/keys/login/versions?api-version=2026-02-01&$skipToken=2"}
                """
            ),
            new Reply(200, """{"value":[{"name":"bb","properties":{"attributes":{"enabled":false}}},{"name":"cc"}]}""")
        );
        stub.On(
            "GET",
            Vault + "/keys/login/versions/aa",
            new Reply(200, """{"name":"aa","properties":{"kty":"RSA","attributes":{"enabled":true,"exportable":true}}}""")
        );
        stub.On(
            "GET",
            Vault + "/keys/login/versions/cc",
            new Reply(200, """{"name":"cc","properties":{"kty":"EC-HSM","attributes":{"enabled":true}}}""")
        );
        stub.On("GET", Vault + "/keys/gone/versions", Reply.Error(404, "KeyNotFound"));
        stub.On("GET", Vault + "/keys/login/versions/dd", Reply.Error(404, "KeyNotFound"));
        var client = Client(stub);
        Assert.Equal(["login", "old"], await client.GetKeyNamesAsync(Vault, Cancel));

        // What a list leaves out is taken for usable.
        var seconds = DateTimeOffset.FromUnixTimeSeconds;
        Assert.Equal(
            [
                new("aa", IsEnabled: true, seconds(1798641074), seconds(1598641074)),
                new("bb", IsEnabled: false, ExpiresOn: null, CreatedOn: null),
                new("cc", IsEnabled: true, ExpiresOn: null, CreatedOn: null),
            ],
            await client.GetKeyVersionsAsync(Vault, "login", Cancel)
        );
        Assert.Equal(new("login", "RSA", IsExportable: true, "aa"), await client.GetKeyVersionAsync(Vault, "login", "aa", Cancel));
        Assert.Equal(new("login", "EC-HSM", IsExportable: false, "cc"), await client.GetKeyVersionAsync(Vault, "login", "cc", Cancel));
        Assert.Empty(await client.GetKeyVersionsAsync(Vault, "gone", Cancel));
        Assert.Null(await client.GetKeyVersionAsync(Vault, "login", "dd", Cancel));
    }

    [Fact]
    public async Task A_key_or_a_version_without_a_name_is_half_a_reply()
    {
        await using var stub = await StartAsync();
        stub.On("GET", Vault + "/keys", new Reply(200, """{"value":[{"properties":{}}]}"""));
        stub.On("GET", Vault + "/keys/login/versions", new Reply(200, """{"value":[{"properties":{"attributes":{"enabled":true}}}]}"""));
        await Assert.ThrowsAsync<RetryLaterException>(() => Client(stub).GetKeyNamesAsync(Vault, Cancel));
        await Assert.ThrowsAsync<RetryLaterException>(() => Client(stub).GetKeyVersionsAsync(Vault, "login", Cancel));
    }

    [Fact]
    public async Task What_runs_as_an_identity_comes_from_resource_graph_page_by_page()
    {
        await using var stub = await StartAsync();
        stub.Answers = asked =>
            JsonDocument.Parse(asked.Body).RootElement.GetProperty("options").TryGetProperty("$skipToken", out var token)
                ? new(200, $$"""{"totalRecords":2,"count":1,"data":[{"id":"/b{{token.GetString()}}"}]}""")
                : new(200, """{"totalRecords":2,"count":1,"data":[{"id":"/a"}],"$skipToken":"next"}""");
        Assert.Equal(["/a", "/bnext"], await Client(stub).GetCarriersAsync(Identity, Cancel));
        var query = JsonDocument.Parse(stub.Requests.First().Body).RootElement.GetProperty("query").GetString();
        Assert.Contains($"'\"{Identity}\"'", query, StringComparison.Ordinal);
        Assert.Equal("/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01", stub.Requests.First().Url);
        await Assert.ThrowsAsync<CannotContinueException>(() => Client(stub).GetCarriersAsync("/x' or 1==1 //", Cancel));
    }

    [Fact]
    public async Task Federated_credentials_are_told_by_issuer_and_subject()
    {
        await using var stub = await StartAsync();
        stub.On(
            "GET",
            Identity + "/federatedIdentityCredentials",
            new Reply(
                200,
                """
                {"value":[{"name":"gh","properties":{"issuer":"https://token.actions.githubusercontent.com",
                 "subject":"repo:contoso/shop:ref:refs/heads/main","audiences":["api://AzureADTokenExchange"]}}]}
                """
            )
        );
        Assert.Equal(
            ["https://token.actions.githubusercontent.com|repo:contoso/shop:ref:refs/heads/main"],
            await Client(stub).GetFederatedCredentialsAsync(Identity, Cancel)
        );
    }

    [Fact]
    public async Task A_grant_is_deleted_by_its_id_and_gone_already_is_as_good()
    {
        await using var stub = await StartAsync();
        const string id = Assignments + "/0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e";
        stub.On(
            "DELETE",
            id,
            new Reply(200, "{}"),
            new Reply(204),
            Reply.Error(404, "RoleAssignmentNotFound"),
            Reply.Error(403, "AuthorizationFailed"),
            Reply.Error(409, "ScopeLocked")
        );
        var remover = new GrantRemover(
            new FakeCredential(),
            Options(stub),
            new(TimeProvider.System, TimeSpan.FromSeconds(60)),
            TimeProvider.System
        );
        for (var n = 0; n < 3; n++)
        {
            await remover.RemoveRoleAssignmentAsync(id, Cancel);
        }

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => remover.RemoveRoleAssignmentAsync(id, Cancel));
        Assert.Equal("arm-forbidden", refused.Reason);
        Assert.StartsWith("Remove the role assignment manually", refused.Remedy, StringComparison.Ordinal);
        Assert.Equal(
            "arm-locked",
            (await Assert.ThrowsAsync<CannotContinueException>(() => remover.RemoveRoleAssignmentAsync(id, Cancel))).Reason
        );
        Assert.All(stub.Requests, r => Assert.Equal($"{id}?api-version=2022-04-01", r.Url));
    }

    [Theory]
    [InlineData(Vault)]
    [InlineData(Assignments)]
    [InlineData(Vault + "/providers/Microsoft.Authorization/roleDefinitions/0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e")]
    [InlineData(Assignments + "/..")]
    public async Task Nothing_but_a_role_assignment_is_ever_deleted(string id)
    {
        await using var stub = await StartAsync();
        await Assert.ThrowsAsync<CannotContinueException>(() =>
            new GrantRemover(
                new FakeCredential(),
                Options(stub),
                new(TimeProvider.System, TimeSpan.FromSeconds(60)),
                TimeProvider.System
            ).RemoveRoleAssignmentAsync(id, Cancel)
        );
        Assert.Empty(stub.Requests);
    }

    private static string Assignment(string letter, string type, string scope)
    {
        const string subscription = "/subscriptions/11111111-2222-3333-4444-555555555555";
        var role = $"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{Role.ToUpperInvariant()}";
        var letters = string.Concat(Enumerable.Repeat(letter, 12));
        return $$$"""
            {"id":"{{{Assignments}}}/0a0a0a0a-1b1b-2c2c-3d3d-00000000000{{{letter}}}","name":"x",
             "type":"Microsoft.Authorization/roleAssignments",
             "properties":{"roleDefinitionId":"{{{role}}}",
               "principalId":"AAAAAAAA-0000-1111-2222-{{{letters}}}","principalType":"{{{type}}}","scope":"{{{scope}}}",
               "condition":null,"createdOn":"2026-03-01T09:00:00.000000Z","createdBy":"c"}}
            """;
    }

    private static Reply Throttled(string after) =>
        Reply.Error(429, "TooManyRequests") with
        {
            Headers = new() { ["Retry-After"] = after },
        };

    private static async Task<StubServer> StartAsync()
    {
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        return stub;
    }

    private static ResourceManagerClientOptions Options(StubServer stub) =>
        new(new("https://management.azure.com"), "https://management.azure.com/.default") { Transport = stub.Transport() };

    private static ResourceManagerClient Client(StubServer stub, TimeProvider? timeProvider = null, FakeCredential? credential = null) =>
        new(
            credential ?? new(),
            Options(stub),
            new(timeProvider ?? TimeProvider.System, TimeSpan.FromSeconds(60)),
            timeProvider ?? TimeProvider.System
        );
}
