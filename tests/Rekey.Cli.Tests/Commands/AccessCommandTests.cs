using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary><c>rekey access</c> over saved exports: what it shows, how it ends, in which formats.</summary>
public sealed class AccessCommandTests : IDisposable
{
    private const string Vault =
        "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-prod";
    private const string Issuer = "aaaaaaaa-0000-4000-8000-00000000000a";
    private const string Group = "aaaaaaaa-0000-4000-8000-00000000000b";
    private const string Developer = "aaaaaaaa-0000-4000-8000-00000000000c";
    private const string Lead = "aaaaaaaa-0000-4000-8000-00000000000d";
    private const string Signer = "0c0c0c0c-0000-4000-8000-000000000002";
    private const string Owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

    private static readonly string[] Levels = ["none", "note", "warning", "error"];

    private readonly TemporaryFolder _folder = new();

    private static string Declaration =>
        $$"""
            {"environment":"prod","permissionModel":"rbac","vaults":[{"vaultUri":"https://kv-prod.vault.azure.net/",
              "resourceId":"{{Vault}}","grants":[
              {"principalId":"{{Issuer}}","principalType":"ServicePrincipal","role":"Key signer (custom)",
                "dataActions":["Microsoft.KeyVault/vaults/keys/read","Microsoft.KeyVault/vaults/keys/sign/action"]}]}]}
            """;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_table_shows_who_by_what_through_whom_and_whether_it_is_declared()
    {
        var run = (
            await Tool.RunAsync("access", "--export", Export(), "--declaration", _folder.Write("declaration.json", Declaration))
        ).Ended(2);
        Assert.Empty(run.Error);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Equal(["service principal", "Key signer (custom)", "the vault", "sign, look", "yes"], Row(run, Issuer, "service principal"));
        Assert.Equal(
            [
                "person",
                "Owner",
                Group,
                "/subscriptions/11111111-2222-4333-8444-555555555555",
                "rotate, copy out, grant others, change",
                "no",
            ],
            Row(run, Developer, "person")
        );
        Assert.Equal(
            ["person", "attack path", $"owner of group {Group}", $"as {Group}", "act as another identity", "no"],
            Row(run, Lead, "person")
        );
        Assert.Contains($"vault-grant-undeclared {Group}|{Owner}|", run.Output, StringComparison.Ordinal);
        Assert.Contains($"vault-human-in-production {Group}", run.Output, StringComparison.Ordinal);
        Assert.Contains($"vault-reach-indirect {Lead}", run.Output, StringComparison.Ordinal);
        Assert.Contains("not seen kinds of principals (Principals: graph-forbidden)", run.Output, StringComparison.Ordinal);
        Assert.Contains("Never seen: delegations through Azure Lighthouse", run.Output, StringComparison.Ordinal);
        Assert.Contains("Access differs from the declaration.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wide_lists_the_operations_and_the_sample_needs_no_azure()
    {
        Assert.Contains(
            "keys/read, keys/sign/action",
            (await Tool.RunAsync("access", "--sample", "--wide")).Ended(2).Output,
            StringComparison.Ordinal
        );
        var run = (await Tool.RunAsync("access", "--sample")).Ended(2);
        Assert.DoesNotContain("keys/sign/action", run.Output, StringComparison.Ordinal);
        Assert.Equal("sign, look", Row(run, Issuer, "service principal").ElementAt(3));
        Assert.Contains(
            "Give either",
            (await Tool.RunAsync("access", "--sample", "--export", "x.json")).Ended(1).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_as_declared_ends_with_0_and_what_nothing_was_declared_of_is_not_judged()
    {
        var clean = Export(assignments: Assignment(Issuer, "ServicePrincipal", Signer, Vault), unseen: "");
        var run = (await Tool.RunAsync("access", "--export", clean, "--declaration", _folder.Write("declaration.json", Declaration))).Ended(
            0
        );
        Assert.Contains("All access is as declared.", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "There is no declaration",
            (await Tool.RunAsync("access", "--export", Export())).Ended(0).Output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("vault", true)]
    [InlineData("assignments", true)]
    [InlineData("eligibilities", true)]
    [InlineData("principals", true)]
    [InlineData("keys", false)]
    public async Task What_could_not_be_seen_is_not_as_declared(string part, bool isUnjudged)
    {
        var export = Export(
            assignments: Assignment(Issuer, "ServicePrincipal", Signer, Vault),
            unseen: $$"""{"part":"{{part}}","what":"the one thing","why":"arm-forbidden"}""",
            seesVault: part != "vault"
        );
        var declaration = _folder.Write("declaration.json", Declaration);
        var table = (await Tool.RunAsync("access", "--export", export, "--declaration", declaration)).Ended(isUnjudged ? 1 : 0);
        Assert.DoesNotContain("All access is as declared.", table.Output, StringComparison.Ordinal);
        Assert.Contains(
            isUnjudged ? "Some parts could not be read: the one thing" : "All access that could be read is as declared.",
            table.Output,
            StringComparison.Ordinal
        );
        var json = (await Tool.RunAsync("access", "--export", export, "--declaration", declaration, "--output", "json")).Ended(
            isUnjudged ? 1 : 0
        );
        Assert.Equal(isUnjudged, JsonDocument.Parse(json.Output).RootElement.GetProperty("isUnjudged").GetBoolean());
        Assert.Contains(
            isUnjudged ? "Some parts could not be read: the one thing" : "All access that could be read is as declared.",
            json.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_export_may_hold_its_declaration_and_a_saved_one_says_the_same_again()
    {
        var one = (
            await Tool.RunAsync(
                "access",
                "--export",
                Export(),
                "--declaration",
                _folder.Write("declaration.json", Declaration),
                "--save",
                _folder["saved.json"],
                "--output",
                "json"
            )
        ).Ended(2);
        var two = (
            await Tool.RunAsync("access", "--export", _folder["saved.json"], "--output", "json", "--out-file", _folder["two.json"])
        ).Ended(2);
        Assert.Equal(one.Output.Trim(), (await File.ReadAllTextAsync(_folder["two.json"], TestContext.Current.CancellationToken)).Trim());
        Assert.Empty(two.Output);
        Assert.Contains("3 difference(s) from the declaration.", two.Error, StringComparison.Ordinal);
        Assert.Contains("warning: not seen: kinds of principals", two.Error, StringComparison.Ordinal);

        var json = JsonDocument.Parse(one.Output).RootElement;
        Assert.True(json.GetProperty("hasDrift").GetBoolean());
        var developer = json.GetProperty("access").EnumerateArray().Single(a => a.GetProperty("principal").GetString() == Developer);
        Assert.Equal(
            ("User", "Group", Group, false),
            (
                developer.GetProperty("kind").GetString(),
                developer.GetProperty("way").GetString(),
                developer.GetProperty("through")[0].GetString(),
                developer.GetProperty("isDeclared").GetBoolean()
            )
        );
        Assert.Contains(
            "Microsoft.Authorization/roleAssignments/write",
            developer.GetProperty("actions").EnumerateArray().Select(a => a.GetString())
        );
        Assert.Equal(11, json.GetProperty("neverSeen").GetArrayLength());
        Assert.Equal("Principals", json.GetProperty("notSeen")[0].GetProperty("part").GetString());
    }

    [Fact]
    public async Task That_Rekey_could_not_rotate_is_shown_with_what_it_lacks()
    {
        var declaration = Declaration.Replace(
            "\"grants\"",
            $"\"rotator\":{{\"principalId\":\"{Issuer}\"}},\"grants\"",
            StringComparison.Ordinal
        );
        var run = (
            await Tool.RunAsync(
                "access",
                "--export",
                Export(assignments: Assignment(Issuer, "ServicePrincipal", Signer, Vault), unseen: ""),
                "--declaration",
                _folder.Write("declaration.json", declaration)
            )
        ).Ended(2);
        Assert.Contains("rotation-not-allowed", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "Rekey cannot rotate the keys of a vault: it lacks keys/rotate/action, keys/update/action, and the vault's "
                + "firewall blocks it.",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_the_permission_all_gives_is_shown_and_what_of_it_is_not_known()
    {
        var export = _folder.Write(
            "policies.json",
            $$$"""
            {"format":"rekey-vault-access/1","reading":{"vaultId":"{{{Vault}}}","readAt":"2026-11-25T09:00:00+00:00",
              "vault":{"vaultUri":"https://kv-prod.vault.azure.net/","isRbac":false,
                "policies":[{"objectId":"{{{Developer}}}","applicationId":null,"keys":["all"],"secrets":[],"certificates":[]}],
                "isPurgeProtected":true,"softDeleteDays":90,"network":{"isPublic":false,"allowsAll":false,"addressRules":[],"subnets":[]}},
              "principals":[{"id":"{{{Developer}}}","kind":"user"}]}}
            """
        );

        var table = (await Tool.RunAsync("access", "--export", export, "--wide")).Ended(0);
        Assert.Contains("keys/rotate/action (not known)", string.Join(' ', Row(table, Developer, "person")), StringComparison.Ordinal);
        Assert.DoesNotContain("purge", table.Output, StringComparison.Ordinal);

        var json = JsonDocument.Parse((await Tool.RunAsync("access", "--export", export, "--output", "json")).Ended(0).Output).RootElement;
        var access = Assert.Single(json.GetProperty("access").EnumerateArray());
        Assert.Equal(
            ["Microsoft.KeyVault/vaults/keys/rotate/action"],
            access.GetProperty("notKnown").EnumerateArray().Select(a => a.GetString()!)
        );
        Assert.DoesNotContain(
            "Microsoft.KeyVault/vaults/keys/rotate/action",
            access.GetProperty("actions").EnumerateArray().Select(a => a.GetString())
        );
    }

    [Fact]
    public async Task Whoever_goes_a_way_round_as_a_member_of_a_group_is_shown_with_the_group_and_judged_as_one_of_it()
    {
        var export = Export().Replace("export.json", "members.json", StringComparison.Ordinal);
        var text = (
            await File.ReadAllTextAsync(
                Export(assignments: Assignment(Issuer, "ServicePrincipal", Signer, Vault), unseen: ""),
                TestContext.Current.CancellationToken
            )
        ).Replace(
            $$"""{"id":"{{Issuer}}","kind":"servicePrincipal"}""",
            $$"""{"id":"{{Issuer}}","kind":"servicePrincipal","owners":["{{Group}}"]}""",
            StringComparison.Ordinal
        );
        await File.WriteAllTextAsync(export, text, TestContext.Current.CancellationToken);
        var run = (
            await Tool.RunAsync("access", "--export", export, "--declaration", _folder.Write("declaration.json", Declaration))
        ).Ended(2);
        Assert.Equal(
            ["person", "attack path", $"member of {Group}, owner of application {Issuer}", $"as {Issuer}", "act as another identity", "no"],
            Row(run, Developer, "person")
        );
        Assert.Contains($"vault-reach-indirect {Group}|owner of application {Issuer}", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"vault-reach-indirect {Developer}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sarif_has_a_rule_for_each_kind_and_a_result_for_each_difference()
    {
        var run = (
            await Tool.RunAsync(
                "access",
                "--export",
                Export(),
                "--declaration",
                _folder.Write("declaration.json", Declaration),
                "--output",
                "sarif"
            )
        ).Ended(2);
        var log = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("2.1.0", log.GetProperty("version").GetString());
        var sarif = log.GetProperty("runs")[0];
        var rules = sarif.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().ToList();
        Assert.Equal(15, rules.Select(r => r.GetProperty("id").GetString()).Distinct().Count());
        foreach (var rule in rules)
        {
            Assert.All(new[] { "shortDescription", "fullDescription", "help" }, m =>
                Assert.NotEmpty(rule.GetProperty(m).GetProperty("text").GetString()!)
            );
            Assert.Contains(rule.GetProperty("defaultConfiguration").GetProperty("level").GetString(), Levels);
        }

        var results = sarif.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(
            ["vault-grant-undeclared", "vault-human-in-production", "vault-reach-indirect"],
            results.Select(r => r.GetProperty("ruleId").GetString()).Order(StringComparer.Ordinal)
        );
        Assert.All(results, r =>
            Assert.Equal(r.GetProperty("ruleId").GetString(), rules[r.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString())
        );
        Assert.All(results, r =>
            Assert.Equal(
                "https://kv-prod.vault.azure.net/",
                r.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()
            )
        );
        Assert.Equal(
            3,
            results.Select(r => r.GetProperty("partialFingerprints").GetProperty("rekeyFinding/v1").GetString()).Distinct().Count()
        );
        Assert.Contains(sarif.GetProperty("invocations")[0].GetProperty("toolExecutionNotifications").EnumerateArray(), n =>
            n.GetProperty("level").GetString() == "warning"
        );
    }

    [Fact]
    public async Task Help_teaches_with_examples_rights_and_exit_codes()
    {
        var run = (await Tool.RunAsync("access", "--help")).Ended(0);
        foreach (
            var words in new[]
            {
                "Examples:",
                "az login",
                "--save monday.json",
                "--export monday.json",
                "Rights: Reader",
                "Exit codes: 0 access is as declared",
                "found no difference in the rest",
                "GroupMember.Read.All",
            }
        )
        {
            Assert.Contains(words, run.Output, StringComparison.Ordinal);
        }

        foreach (var line in run.Output.Split('\n').Where(l => l.TrimStart().StartsWith("--", StringComparison.Ordinal)))
        {
            Assert.Matches(@"^\s+--[a-z-]+( <[^>]+>)?( \(REQUIRED\))?\s{2,}\S", line);
        }
    }

    public static TheoryData<string[], string> Senseless =>
        new()
        {
            { [], "Give either --vault" },
            { ["--vault", Vault, "--export", "x.json"], "Give either --vault" },
            { ["--vault", "kv-prod"], "is not the resource id of a vault" },
            { ["--vault", Vault, "--graph", "http://graph.example"], "--graph must be an https address" },
            { ["--export", "nowhere.json"], "nowhere.json" },
            { ["--export", "EXPORT", "--output", "ocsf"], "ocsf" },
            { ["--export", "EXPORT", "--declaration", "nowhere.json"], "nowhere.json" },
            { ["--export", "EXPORT", "--declaration", "BROKEN"], "cannot be read" },
            { ["--export", "EXPORT", "--declaration", "OTHER"], "does not list" },
            { ["--export", "BROKEN"], "cannot be read" },
            { ["--export", "DECLARATION"], "cannot be read" },
        };

    [Theory]
    [MemberData(nameof(Senseless))]
    public async Task What_makes_no_sense_ends_with_1_and_a_reason_on_standard_error(string[] arguments, string said)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["EXPORT"] = Export(),
            ["BROKEN"] = _folder.Write("broken.json", "{"),
            ["DECLARATION"] = _folder.Write("declaration.json", Declaration),
            ["OTHER"] = _folder.Write("other.json", Declaration.Replace("kv-prod\"", "kv-other\"", StringComparison.Ordinal)),
        };
        var run = (await Tool.RunAsync(["access", .. arguments.Select(a => files.GetValueOrDefault(a, a))])).Ended(1);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Rekey", run.Error, StringComparison.Ordinal);
    }

    private static string IssuersAssignment => Assignment(Issuer, "ServicePrincipal", Signer, Vault);

    private static string GroupsAssignment => Assignment(Group, "Group", Owner, "/subscriptions/11111111-2222-4333-8444-555555555555");

    /// <summary>An issuer signs; a group owns the subscription, with a developer in it and a lead who owns the group.</summary>
    private string Export(string? assignments = null, string? unseen = null, bool seesVault = true) =>
        _folder.Write(
            "export.json",
            $$$"""
            {"format":"rekey-vault-access/1","reading":{"vaultId":"{{{Vault}}}","readAt":"2026-11-25T09:00:00+00:00",
              "vault":{{{(
                seesVault
                    ? """
                      {"vaultUri":"https://kv-prod.vault.azure.net/","isRbac":true,"policies":[],"isPurgeProtected":true,
                       "softDeleteDays":90,"network":{"isPublic":false,"allowsAll":false,"addressRules":[],"subnets":[]}}
                      """
                    : "null"
            )}}},
              "assignments":[{{{assignments ?? $"{IssuersAssignment},{GroupsAssignment}"}}}],
              "roles":[{"id":"{{{Signer}}}","name":"Key signer (custom)","isCustom":true,"permissions":[{"actions":[],
                "notActions":[],"dataActions":["Microsoft.KeyVault/vaults/keys/read","Microsoft.KeyVault/vaults/keys/sign/action"],
                "notDataActions":[]}]},
                       {"id":"{{{Owner}}}","name":"Owner","isCustom":false,"permissions":[{"actions":["*"],"notActions":[],
                         "dataActions":[],"notDataActions":[]}]}],
              "principals":[{"id":"{{{Issuer}}}","kind":"servicePrincipal"},{"id":"{{{Group}}}","kind":"group",
                "members":["{{{Developer}}}"],"owners":["{{{Lead}}}"]},{"id":"{{{Developer}}}","kind":"user"},{"id":"{{{Lead}}}",
                "kind":"user"}],
              "unseen":[{{{unseen ?? """{"part":"principals","what":"kinds of principals","why":"graph-forbidden"}"""}}}]}}
            """
        );

    private static string Assignment(string principal, string type, string role, string scope) =>
        $$"""
            {"id":"{{scope}}/providers/Microsoft.Authorization/roleAssignments/{{role}}","roleId":"{{role}}",
             "principalId":"{{principal}}","principalType":"{{type}}","scope":"{{scope}}","createdOn":"2026-03-01T09:00:00+00:00"}
            """;

    /// <summary>The cells of somebody's row, without the empty ones.</summary>
    private static IEnumerable<string> Row(ToolRun run, string principal, string kind) =>
        run
            .Output.Split('\n')
            .Single(l => l.TrimStart().StartsWith(principal, StringComparison.Ordinal) && l.Contains(kind, StringComparison.Ordinal))
            .Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Skip(1);
}
