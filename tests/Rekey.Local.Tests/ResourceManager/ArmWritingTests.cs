using System.Text.Json.Nodes;
using Rekey.Local.Identity;
using Rekey.Local.ResourceManager;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.ResourceManager;

/// <summary>How Resource Manager writes things down, and what it leaves out: each fact was recorded of the real one.</summary>
public sealed class ArmWritingTests : VaultTest
{
    private const string Admin = "cccccccc-0000-0000-0000-00000000000a";
    private const string Developer = "cccccccc-0000-0000-0000-00000000000d";

    private ResourceManagerServer _arm = null!;

    private string Assignments => $"{Vault.ResourceId}/providers/Microsoft.Authorization/roleAssignments";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _arm = Tenant.Own(await ResourceManagerServer.StartAsync(new() { Time = Tenant.Time }, Tenant.Identity, Tenant.Authority));
        _arm.AddVault(new(Vault.ResourceId, Vault.Address), Vault);
        _arm.Assign(Admin, "ServicePrincipal", ArmRole.Owner, "/");
    }

    [Fact]
    public async Task What_is_given_at_the_root_should_count_everywhere_and_be_named_without_a_scope()
    {
        (await CreateEc("shop")).Expect(200);
        var given = _arm.Assign(Developer, "User", ArmRole.CryptoUser, "/");

        Assert.Equal($"/providers/Microsoft.Authorization/roleAssignments/{given.Name}", given.Id);
        (await Call("GET", "keys/shop", token: Tenant.Identity.Mint(Developer, Audiences.KeyVault))).Expect(200);
        foreach (var filter in (string[])["", "?$filter=atScope()", $"?$filter=principalId eq '{Developer}'"])
        {
            var listed = Assert.Single((await Arm("GET", $"{Assignments}{filter}")).Expect(200).Body!["value"]!.AsArray(), a =>
                Text(a!, "name") == given.Name
            )!;
            Assert.Equal(("/", given.Id), (Text(listed["properties"]!, "scope"), Text(listed, "id")));
            Assert.StartsWith("/subscriptions/", Text(listed["properties"]!, "roleDefinitionId"), StringComparison.Ordinal);
        }

        (await Arm("DELETE", given.Id)).Expect(200);
        (await Call("GET", "keys/shop", token: Tenant.Identity.Mint(Developer, Audiences.KeyVault))).Expect(403);
    }

    [Fact]
    public async Task What_a_vault_has_not_set_should_have_no_member()
    {
        _arm.Change(Vault.ResourceId, v =>
            v with
            {
                IsRbac = false,
                IsPublic = true,
                AllowsAll = true,
                LetsServicesBy = true,
                PurgeProtection = false,
            }
        );
        var properties = (await Arm("GET", Vault.ResourceId)).Expect(200).Body!["properties"]!.AsObject();
        Assert.All((string[])["enableRbacAuthorization", "enablePurgeProtection", "networkAcls", "privateEndpointConnections"], m =>
            Assert.False(properties.ContainsKey(m), m)
        );

        _arm.Change(Vault.ResourceId, v =>
            v with
            {
                IsRbac = true,
                LetsServicesBy = false,
                PurgeProtection = true,
                AddressRules = ["1.2.3.4/32"],
            }
        );
        properties = (await Arm("GET", Vault.ResourceId)).Expect(200).Body!["properties"]!.AsObject();
        Assert.Equal(
            (true, true, "1.2.3.4/32"),
            (
                properties["enableRbacAuthorization"]!.GetValue<bool>(),
                properties["enablePurgeProtection"]!.GetValue<bool>(),
                Text(properties["networkAcls"]!["ipRules"]![0]!, "value")
            )
        );
    }

    [Fact]
    public async Task A_list_should_come_in_one_page_without_a_link()
    {
        foreach (var n in Enumerable.Range(0, 190))
        {
            _arm.Assign($"aaaaaaaa-0000-4000-8000-{n:d12}", "User", ArmRole.Reader, Vault.ResourceId);
        }

        var body = (await Arm("GET", Assignments)).Expect(200).Body!.AsObject();

        Assert.Equal(191, body["value"]!.AsArray().Count);
        Assert.Equal(["value"], body.Select(m => m.Key));
    }

    [Fact]
    public async Task A_new_assignment_should_not_say_yet_who_made_it_and_a_deleted_one_should_say_when()
    {
        var path = $"{Assignments}/{Guid.NewGuid()}";
        var role = new
        {
            properties = new
            {
                roleDefinitionId = $"/providers/Microsoft.Authorization/roleDefinitions/{ArmRole.Reader.Id}",
                principalId = Developer,
                principalType = "User",
            },
        };
        var made = (await Arm("PUT", path, role)).Expect(201).Body!["properties"]!.AsObject();
        Assert.True(made.ContainsKey("createdBy"));
        Assert.Null(made["createdBy"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$", Text(made, "createdOn"));

        var again = (await Arm("PUT", $"{Assignments}/{Guid.NewGuid()}", role)).Expect(409);
        Assert.Equal(
            $"The role assignment already exists. The ID of the existing role assignment is {path[^36..].Replace("-", "",
            StringComparison.Ordinal)}.",
            again.Message
        );

        var listed = (await Arm("GET", path)).Expect(200).Body!["properties"]!;
        Assert.Equal(Admin, Text(listed, "createdBy"));
        Tenant.Time.Advance(TimeSpan.FromMinutes(1));
        var deleted = (await Arm("DELETE", path)).Expect(200).Body!["properties"]!;
        Assert.Equal(Text(listed, "createdOn"), Text(deleted, "createdOn"));
        Assert.Equal($"{Tenant.Time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'}", Text(deleted, "updatedOn"));
    }

    [Fact]
    public async Task A_condition_should_be_shown()
    {
        _arm.Assign(Developer, "ServicePrincipal", ArmRole.GrantRemover, Vault.ResourceId, deletesOnly: ["User"]);
        var listed = Assert.Single(
            (await Arm("GET", $"{Assignments}?$filter=principalId eq '{Developer}'")).Expect(200).Body!["value"]!.AsArray()
        )!["properties"]!;
        Assert.EndsWith("ForAnyOfAnyValues:StringEqualsIgnoreCase {'User'}))", Text(listed, "condition"), StringComparison.Ordinal);
        Assert.Equal("2.0", Text(listed, "conditionVersion"));
    }

    [Fact]
    public async Task What_is_not_there_should_be_missed_in_the_gateways_words()
    {
        var missed = (await Arm("GET", $"{Vault.ResourceId}x")).Expect(404);
        Assert.Equal(
            $"The Resource 'Microsoft.KeyVault/vaults/{Vault.Name}x' under resource group 'rg-local' was not found. "
                + "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
            missed.Message
        );
        Assert.Equal("gateway", missed.Headers.GetValues("x-ms-failure-cause").Single());
    }

    private Task<Answer> Arm(string method, string path, object? body = null) =>
        Tenant.SendAsync(
            method,
            $"{_arm.Address.AbsoluteUri.TrimEnd('/')}{path}"
                + $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}api-version=2022-04-01",
            body,
            Tenant.Identity.Mint(Admin, Audiences.ResourceManager)
        );

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();
}
