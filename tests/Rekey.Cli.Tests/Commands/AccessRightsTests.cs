using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary><c>rekey access</c> over rights of the control plane and access policies through an application.</summary>
public sealed class AccessRightsTests : IDisposable
{
    private const string Vault =
        "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-prod";
    private const string Storage =
        "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/logs/providers/Microsoft.Storage/storageAccounts/audit";
    private const string Program = "aaaaaaaa-0000-4000-8000-000000000020";
    private const string Application = "bbbbbbbb-0000-4000-8000-000000000001";

    private static readonly string[] Operations =
    [
        "Microsoft.KeyVault/vaults/secrets/write",
        "Microsoft.KeyVault/vaults/keys/write",
        "Microsoft.KeyVault/vaults/deploy/action",
        "Microsoft.Storage/storageAccounts/listKeys/action",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rights_of_the_control_plane_that_lead_to_contents_are_shown_and_end_with_2()
    {
        var subscription = Vault[..Vault.IndexOf("/resourceGroups", StringComparison.Ordinal)];
        var reading = $$"""
            {"vaultId":"{{Vault}}","readAt":"2026-11-25T09:00:00+00:00","vault":{{VaultOf(isRbac: true, "")}},
             "diagnostics":[{"name":"audit","logsAudit":true,"workspaceId":null,"storageAccountId":"{{Storage}}","eventHubRuleId":null,
               "isDedicated":true}],
             "assignments":[{{string.Join(',', Operations.Select((_, n) => $$"""
                {"id":"{{subscription}}/providers/Microsoft.Authorization/roleAssignments/{{n}}","roleId":"{{Role(n)}}",
                 "principalId":"{{Person(n)}}","principalType":"User","scope":"{{subscription}}"}
                """))}}],
             "roles":[{{string.Join(',', Operations.Select((o, n) => $$"""
                {"id":"{{Role(n)}}","name":"control {{n}}","isCustom":true,
                 "permissions":[{"actions":["{{o}}"],"notActions":[],"dataActions":[],"notDataActions":[]}]}
                """))}}],
             "principals":[{{string.Join(',', Operations.Select((_, n) => $$"""{"id":"{{Person(n)}}","kind":"user"}"""))}}]}
            """;

        var run = (await AccessAsync(reading, "rbac", "")).Ended(2);
        foreach (var (operation, n) in Operations.Select((o, n) => (o, n)))
        {
            var row = run.Output.Split('\n').Single(l => l.TrimStart().StartsWith(Person(n), StringComparison.Ordinal));
            Assert.Contains(operation.Replace("Microsoft.KeyVault/vaults/", "", StringComparison.Ordinal), row, StringComparison.Ordinal);
            Assert.EndsWith("no", row.TrimEnd(), StringComparison.Ordinal);
            Assert.Contains($"vault-grant-undeclared {Person(n)}|", run.Output, StringComparison.Ordinal);
        }

        Assert.Contains("classic administrators", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_through_an_application_is_shown_with_it_and_is_not_the_declared_one_without()
    {
        var reading = ReadingOf(Policy($"\"{Application}\""));
        var grant = Grant("");
        var table = (await AccessAsync(reading, "accessPolicies", grant)).Ended(2);
        Assert.Contains($"access policy through application {Application}", table.Output, StringComparison.Ordinal);
        Assert.Contains($"vault-grant-missing {Program}|", table.Output, StringComparison.Ordinal);
        Assert.Contains($"vault-grant-undeclared {Program}|policy/{Application}|", table.Output, StringComparison.Ordinal);

        var json = JsonDocument
            .Parse((await AccessAsync(reading, "accessPolicies", grant, "--output", "json")).Ended(2).Output)
            .RootElement;
        var access = Assert.Single(json.GetProperty("access").EnumerateArray());
        Assert.Equal(
            ("ApplicationAccessPolicy", Application, false),
            (
                access.GetProperty("by").GetString(),
                access.GetProperty("application").GetString(),
                access.GetProperty("isDeclared").GetBoolean()
            )
        );

        var sarif = (await AccessAsync(reading, "accessPolicies", grant, "--output", "sarif")).Ended(2).Output;
        Assert.Contains(JsonDocument.Parse(sarif).RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray(), r =>
            r.GetProperty("ruleId").GetString() == "vault-grant-undeclared"
            && r.GetProperty("properties").GetProperty("evidence").GetProperty("application").GetString() == Application
            && r.GetProperty("message").GetProperty("text").GetString()!.Contains(Application, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Two_policies_of_one_principal_are_told_apart_and_each_is_declared_for_itself()
    {
        var reading = ReadingOf($"{Policy("null")},{Policy($"\"{Application}\"")}");
        var table = (await AccessAsync(reading, "accessPolicies", Grant(""))).Ended(2);
        var rows = table
            .Output.Split('\n')
            .Where(l => l.TrimStart().StartsWith(Program, StringComparison.Ordinal))
            .Select(l => l.TrimEnd());
        Assert.Equal([true, false], rows.Order(StringComparer.Ordinal).Select(l => l.EndsWith("yes", StringComparison.Ordinal)));

        var both = $"{Grant("")},{Grant($",\"applicationId\":\"{Application}\"")}";
        (await AccessAsync(reading, "accessPolicies", both)).Ended(0);
    }

    private static string Person(int n) => $"aaaaaaaa-0000-4000-8000-0000000000{n + 30}";

    private static string Role(int n) => $"0c0c0c0c-0000-4000-8000-0000000000{n + 30}";

    private static string Policy(string application) =>
        $$"""{"objectId":"{{Program}}","applicationId":{{application}},"keys":["get","sign"],"secrets":[],"certificates":[]}""";

    private static string Grant(string more) =>
        $$"""
            {"principalId":"{{Program}}","principalType":"ServicePrincipal",
             "dataActions":["Microsoft.KeyVault/vaults/keys/read","Microsoft.KeyVault/vaults/keys/sign/action"]{{more}}}
            """;

    private static string VaultOf(bool isRbac, string policies) =>
        $$$"""
            {"vaultUri":"https://kv-prod.vault.azure.net/","isRbac":{{{(isRbac ? "true" : "false")}}},"policies":[{{{policies}}}],
             "isPurgeProtected":true,"softDeleteDays":90,"network":{"isPublic":false,"allowsAll":false,"addressRules":[],"subnets":[]}}
            """;

    private static string ReadingOf(string policies) =>
        $$"""
            {"vaultId":"{{Vault}}","readAt":"2026-11-25T09:00:00+00:00","vault":{{VaultOf(isRbac: false, policies)}},
             "principals":[{"id":"{{Program}}","kind":"servicePrincipal"}]}
            """;

    private async Task<ToolRun> AccessAsync(string reading, string model, string grants, params string[] more) =>
        await Tool.RunAsync([
            "access",
            "--wide",
            "--export",
            _folder.Write("export.json", $$"""{"format":"rekey-vault-access/1","reading":{{reading}}}"""),
            "--declaration",
            _folder.Write(
                "declaration.json",
                $$"""
                {"environment":"prod","permissionModel":"{{model}}","vaults":[{"vaultUri":"https://kv-prod.vault.azure.net/",
                  "resourceId":"{{Vault}}","grants":[{{grants}}]}]}
                """
            ),
            .. more,
        ]);
}
