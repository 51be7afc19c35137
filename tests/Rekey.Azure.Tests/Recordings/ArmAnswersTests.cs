using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Azure.ResourceManager;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Recordings;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;
using Rekey.VaultAccess.Roles;

namespace Rekey.Azure.Tests.Recordings;

/// <summary>Each recorded answer of Resource Manager, given to the client that would ask for it.</summary>
public sealed class ArmAnswersTests
{
    private const string Vault =
        "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-demo/providers/Microsoft.KeyVault/vaults/kv-demo-01";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    public static readonly IReadOnlyList<int> Vaults = [1, 2, 3, 4, 5, 6];
    public static readonly IReadOnlyList<int> Lists = [9, 10, 11];
    public static readonly IReadOnlyList<int> Deletions = [12, 13];
    public static readonly IReadOnlyList<int> Roles = [14, 15, 16];
    public static readonly IReadOnlyList<int> Others = [7, 19];

    public static TheoryData<int> ListLines => [.. Lists];

    public static TheoryData<int> DeletionLines => [.. Deletions];

    public static TheoryData<int> RoleLines => [.. Roles];

    [Theory]
    [InlineData(1, false, 7, true, true, "", "", "", "all")]
    [InlineData(2, false, 7, true, true, "", "", "", "rotate all")]
    [InlineData(3, true, 90, true, true, "1.2.3.4/32 2.3.4.0/24", "snet-demo", "", "")]
    [InlineData(4, true, 90, true, true, "1.2.3.4/32 2.3.4.0/24", "snet-demo", "", "")]
    [InlineData(5, false, 90, true, true, "", "", "", "get create delete list update import backup restore recover")]
    [InlineData(6, false, null, true, true, "", "", "pe-demo", "")]
    public async Task A_vault_that_leaves_out_what_is_not_set_is_read_as_what_that_means(
        int line,
        bool isRbac,
        int? days,
        bool allowsAll,
        bool letsServicesBy,
        string addresses,
        string subnets,
        string endpoints,
        string permissions
    )
    {
        await using var stub = await AnsweringAsync(line);

        var vault = await Client(stub).GetVaultAsync(Vault, Cancel);

        Assert.Equal(
            (new Uri("https://kv-demo-01.vault.azure.net/"), isRbac, days, false),
            (vault!.VaultUri, vault.IsRbac, vault.SoftDeleteDays, vault.IsPurgeProtected)
        );
        Assert.Equal((true, allowsAll, letsServicesBy), (vault.Network.IsPublic, vault.Network.AllowsAll, vault.Network.LetsServicesBy));
        Assert.Equal(
            (addresses, subnets, endpoints),
            (string.Join(' ', vault.Network.AddressRules), Last(vault.Network.Subnets), Last(vault.Network.PrivateEndpoints))
        );
        Assert.Equal(permissions, string.Join(' ', vault.Policies.SelectMany(p => p.Keys)));
    }

    [Theory]
    [MemberData(nameof(ListLines))]
    public async Task Assignments_are_read_at_every_scope_from_one_page_without_a_link(int line)
    {
        var items = AzureRecording.Read("arm", line).Answer!["value"]!.AsArray().Select(i => i!).ToList();
        await using var stub = await AnsweringAsync(line);

        var read = await Client(stub).GetRoleAssignmentsAsync(Vault, Cancel);

        Assert.Single(stub.Requests);
        Assert.Equal(
            items.Select(i =>
                (
                    Text(i, "id")!,
                    Property(i, "scope")!,
                    Property(i, "principalId")!,
                    Property(i, "principalType")!,
                    Property(i, "condition"),
                    Property(i, "createdBy")
                )
            ),
            read.Select(a => (a.Id, a.Scope, a.PrincipalId, a.PrincipalType, a.Condition, a.CreatedBy))
        );
        Assert.Equal(
            items.Select(i => DateTimeOffset.Parse(Property(i, "createdOn")!, CultureInfo.InvariantCulture)),
            read.Select(a => a.CreatedOn!.Value)
        );
        Assert.Equal(items.Select(i => Property(i, "roleDefinitionId")!.Split('/')[^1]), read.Select(a => a.RoleId));
    }

    [Fact]
    public async Task What_is_assigned_at_the_root_gives_rights_in_the_vault()
    {
        await using var stub = await AnsweringAsync(10);
        var root = Assert.Single(await Client(stub).GetRoleAssignmentsAsync(Vault, Cancel), a => a.Scope == VaultScope.Root);
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
            Assignments = [root],
            Roles =
            [
                new(root.RoleId, "User Access Administrator", IsCustom: false, [new(["*/read", "Microsoft.Authorization/*"], [], [], [])]),
            ],
        };

        var grant = Assert.Single(Grants.Of(reading));

        Assert.Equal((true, "/"), (grant.Place.IsInherited, grant.Scope));
        Assert.Contains(KeyVaultActions.WriteRoleAssignments, grant.Actions);
    }

    [Theory]
    [MemberData(nameof(DeletionLines))]
    public async Task A_deletion_is_done_when_it_is_answered_with_what_was_deleted(int line)
    {
        var recording = AzureRecording.Read("arm", line);
        await using var stub = await AnsweringAsync(line);

        await new GrantRemover(
            new FakeCredential(),
            Options(stub),
            new(TimeProvider.System, TimeSpan.Zero),
            TimeProvider.System
        ).RemoveRoleAssignmentAsync(Text(recording.Answer!, "id")!, Cancel);

        var asked = Assert.Single(stub.Requests);
        Assert.Equal((recording.Method, recording.Path), (asked.Method, asked.Url));
    }

    /// <summary>The client asks for one role by its id; the items of a list were recorded.</summary>
    [Theory]
    [MemberData(nameof(RoleLines))]
    public async Task A_role_is_read_by_what_it_gives(int line)
    {
        var answer = AzureRecording.Read("arm", line).Answer!;
        var role = answer["value"] is JsonArray list ? list.Single()! : answer;
        await using var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        stub.Answers = _ => new(200, role.ToJsonString());

        var read = await Client(stub).GetRoleDefinitionAsync(Vault, Text(role, "name")!, Cancel);

        var wanted = role["properties"]!["permissions"]!.AsArray().Single()!;
        Assert.Equal((Property(role, "roleName"), Property(role, "type") == "CustomRole"), (read!.Name, read.IsCustom));
        var given = Assert.Single(read.Permissions);
        Assert.Equal(
            [Texts(wanted, "actions"), Texts(wanted, "notActions"), Texts(wanted, "dataActions"), Texts(wanted, "notDataActions")],
            [
                string.Join(' ', given.Actions),
                string.Join(' ', given.NotActions),
                string.Join(' ', given.DataActions),
                string.Join(' ', given.NotDataActions),
            ]
        );
    }

    [Fact]
    public async Task A_vault_that_is_not_there_is_none()
    {
        await using var stub = await AnsweringAsync(7);
        Assert.Null(await Client(stub).GetVaultAsync(Vault, Cancel));
    }

    [Fact]
    public async Task A_refusal_with_details_that_are_null_is_a_refusal()
    {
        await using var stub = await AnsweringAsync(19);
        Assert.Equal(
            "arm-bad-request",
            (await Assert.ThrowsAsync<CannotContinueException>(() => Client(stub).GetVaultAsync(Vault, Cancel))).Reason
        );
    }

    private static async Task<StubServer> AnsweringAsync(int line)
    {
        var recording = AzureRecording.Read("arm", line);
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        stub.Answers = _ => KeyAnswersTests.Given(recording);
        return stub;
    }

    private static ResourceManagerClientOptions Options(StubServer stub) =>
        new(new Uri("https://management.azure.com"), "https://management.azure.com/.default") { Transport = stub.Transport() };

    private static ResourceManagerClient Client(StubServer stub) =>
        new(new FakeCredential(), Options(stub), new(TimeProvider.System, TimeSpan.Zero), TimeProvider.System);

    private static string Last(IReadOnlyList<string> ids) => string.Join(' ', ids.Select(i => i.Split('/')[^1]));

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();

    private static string? Property(JsonNode node, string name) => Text(node["properties"]!, name);

    private static string Texts(JsonNode node, string name) => string.Join(' ', node[name]!.AsArray().Select(t => t!.GetValue<string>()));
}
