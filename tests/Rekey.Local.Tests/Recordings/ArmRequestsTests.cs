using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Local.Identity;
using Rekey.Local.ResourceManager;
using Rekey.Local.Tests.Support;
using Rekey.Recordings;

namespace Rekey.Local.Tests.Recordings;

/// <summary>Each recorded request to Resource Manager, sent to the stand-in.</summary>
public sealed class ArmRequestsTests : StandInTest
{
    private const string Admin = "cccccccc-0000-4000-8000-000000000001";

    private const string Group = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-demo";

    /// <summary>Who has a right at the root, by the recording.</summary>
    private const string Elevated = "cccccccc-0000-4000-8000-000000000002";

    public static readonly IReadOnlyList<int> Vaults = [1, 4, 5, 6];
    public static readonly IReadOnlyList<int> Deletions = [12, 13];
    public static readonly IReadOnlyList<int> Others = [7, 8, 9, 10, 11, 14, 16, 17];

    private ResourceManagerServer _arm = null!;

    public static TheoryData<int> VaultLines => [.. Vaults];

    public static TheoryData<int> DeletionLines => [.. Deletions];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _arm = Tenant.Own(await ResourceManagerServer.StartAsync(new() { Time = Tenant.Time }, Tenant.Identity, Tenant.Authority));
    }

    [Theory]
    [MemberData(nameof(VaultLines))]
    public async Task A_vault_should_have_the_members_that_are_set(int line)
    {
        var isRbac = line == 4;
        _arm.Assign(Admin, "User", ArmRole.Owner, "/");
        _arm.AddVault(
            new(Vault.ResourceId, Vault.Address)
            {
                IsRbac = isRbac,
                IsPublic = true,
                AllowsAll = true,
                LetsServicesBy = true,
                PurgeProtection = false,
                SoftDeleteDays = 7,
                Policies = line is 1 or 5
                    ? new Dictionary<string, string[]> { [LocalTenant.Officer] = ["all"] }
                    : new Dictionary<string, string[]>(),
                AddressRules = isRbac ? ["1.2.3.4/32", "2.3.4.0/24"] : [],
                Subnets = isRbac
                    ? [Group.ToLowerInvariant() + "/providers/microsoft.network/virtualnetworks/vnet-demo/subnets/snet-demo"]
                    : [],
                PrivateEndpoints = line == 6 ? [Group + "/providers/Microsoft.Network/privateEndpoints/pe-demo"] : [],
            },
            Vault
        );

        await AnswerAsync(line);
    }

    [Fact]
    public async Task A_vault_that_is_not_there_should_be_missed_in_the_same_words()
    {
        _arm.Assign(Admin, "User", ArmRole.Owner, "/");
        await AnswerAsync(7);
    }

    [Fact]
    public async Task A_new_assignment_should_not_say_yet_who_made_it()
    {
        _arm.Assign(Admin, "User", ArmRole.Owner, "/");
        var made = (await AnswerAsync(8))!["properties"]!;
        var listed = Assert.Single((await AnswerAsync(9))!["value"]!.AsArray())!["properties"]!;

        Assert.Equal(made["updatedOn"]!.GetValue<string>(), listed["createdOn"]!.GetValue<string>());
        Assert.True(string.CompareOrdinal(made["createdOn"]!.GetValue<string>(), listed["createdOn"]!.GetValue<string>()) < 0);
    }

    [Fact]
    public async Task What_is_given_at_the_root_and_in_management_groups_should_be_listed_as_recorded()
    {
        foreach (var item in AzureRecording.Read("arm", 10).Answer!["value"]!.AsArray())
        {
            Add(item!);
        }

        // Who has the role at the root may read everywhere below it.
        _arm.SetRole(
            new(
                "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
                "User Access Administrator",
                IsCustom: false,
                ["*/read", "Microsoft.Authorization/*"],
                [],
                []
            )
        );
        await AnswerAsync(10, Elevated);
    }

    [Fact]
    public async Task Who_has_nothing_should_have_an_empty_list()
    {
        _arm.Assign(Admin, "User", ArmRole.Owner, "/");
        await AnswerAsync(11);
    }

    [Theory]
    [MemberData(nameof(DeletionLines))]
    public async Task A_deletion_should_be_answered_with_what_was_deleted_and_when(int line)
    {
        _arm.Assign(Admin, "User", ArmRole.Owner, "/");
        Add(AzureRecording.Read("arm", line).Answer!);
        Tenant.Time.Advance(TimeSpan.FromMinutes(1));

        var deleted = (await AnswerAsync(line))!["properties"]!;

        Assert.Equal(Tenant.Time.GetUtcNow(), Time(deleted["updatedOn"]!));
        Assert.NotEqual(Tenant.Time.GetUtcNow(), Time(deleted["createdOn"]!));
    }

    [Fact]
    public async Task Roles_should_be_found_by_their_names()
    {
        _arm.Assign(Admin, "User", ArmRole.Owner, "/");
        await AnswerAsync(14);
        await AnswerAsync(17);
        var made = AzureRecording.Read("arm", 16).Answer!["value"]![0]!["properties"]!["permissions"]![0]!;
        _arm.SetRole(
            new(
                "88888888-0000-0000-0000-000000000001",
                "demo-role",
                IsCustom: true,
                Texts(made["actions"]!),
                [],
                Texts(made["dataActions"]!)
            )
            {
                NotDataActions = Texts(made["notDataActions"]!),
            }
        );
        await AnswerAsync(16);
    }

    private async Task<JsonNode?> AnswerAsync(int line, string who = Admin)
    {
        var recording = AzureRecording.Read("arm", line);
        return await SameAsync(recording, _arm.Address, recording.Path, Tenant.Identity.Mint(who, Audiences.ResourceManager));
    }

    private void Add(JsonNode item)
    {
        var p = item["properties"]!;
        _arm.Add(
            new(
                Text(item, "name")!,
                Text(p, "scope")!,
                Text(p, "roleDefinitionId")!.Split('/')[^1],
                Text(p, "principalId")!,
                Text(p, "principalType")!,
                Time(p["createdOn"]!),
                Text(p, "createdBy")!
            )
            {
                Condition = Text(p, "condition"),
                Description = Text(p, "description"),
            }
        );
    }

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();

    private static string[] Texts(JsonNode list) => [.. list.AsArray().Select(t => t!.GetValue<string>())];

    private static DateTimeOffset Time(JsonNode time) => DateTimeOffset.Parse(time.GetValue<string>(), CultureInfo.InvariantCulture);
}
