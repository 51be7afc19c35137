using System.Text.Json.Nodes;
using Rekey.Infra.Tests.Estates;
using Rekey.Infra.Tests.Rules.Rights;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Rules;

/// <summary>What the committed templates and parameter files make, read from their snapshots.</summary>
public sealed class PromiseTests
{
    public static TheoryData<string, bool, bool, string> Estates =>
        new()
        {
            { "dev", false, true, "full" },
            { "prod", true, true, "full" },
            { "variants/prod-access-policies", true, false, "full" },
            { "variants/prod-events", true, true, "full" },
            { "variants/dev-standard", false, true, "standard" },
            { "variants/dev-observe", false, true, "observe" },
        };

    [Theory]
    [MemberData(nameof(Estates))]
    public async Task Every_promise_holds(string name, bool production, bool rbac, string size)
    {
        var broken = Promises.Broken(await PredictedEstate.OfAsync(name), new EstatePlan(production, rbac, size));
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    [Fact]
    public async Task In_production_issuers_sign_the_app_rotates_and_nobody_else_can_anything() =>
        Assert.Equal(
            [
                "*: id-rekey-prod-app is Rekey auditor (prod, rbyp)",
                "checkpoint: id-rekey-prod-checkpoint is Rekey signer (prod, rbyp)",
                "partners: 00000000-0000-4000-8000-0000000a0001 is Rekey signer (prod, rbyp)",
                "partners: 00000000-0000-4000-8000-0000000b0001 may become Key Vault Crypto Officer",
                "partners: id-rekey-prod-app is Rekey rotator (prod, rbyp)",
                "partners: id-rekey-prod-remover is Rekey remover (prod, rbyp)",
                "shop: 00000000-0000-4000-8000-0000000b0001 may become Key Vault Crypto Officer",
                "shop: id-rekey-prod-app is Rekey rotator (prod, rbyp)",
                "shop: id-rekey-prod-issuer-shop is Rekey signer (prod, rbyp)",
                "shop: id-rekey-prod-remover is Rekey remover (prod, rbyp)",
                "trust-list: id-rekey-prod-app is Key Vault Secrets User",
                "trust-list: id-rekey-prod-app is Rekey signer (prod, rbyp)",
            ],
            await LinesAsync("prod")
        );

    [Fact]
    public async Task Under_access_policies_it_is_the_same_but_for_what_they_cannot_say() =>
        Assert.Equal(
            [
                "*: id-rekey-prod-app is Rekey auditor (prod, rbyp)",
                "checkpoint: id-rekey-prod-checkpoint is access policy [keys/read keys/sign/action]",
                "partners: 00000000-0000-4000-8000-0000000a0001 is access policy [keys/read keys/sign/action]",
                "partners: 00000000-0000-4000-8000-0000000b0001 may become Key Vault Contributor",
                "partners: id-rekey-prod-app is access policy [keyrotationpolicies/read keys/read keys/rotate/action keys/update/action]",
                "shop: 00000000-0000-4000-8000-0000000b0001 may become Key Vault Contributor",
                "shop: id-rekey-prod-app is access policy [keyrotationpolicies/read keys/read keys/rotate/action keys/update/action]",
                "shop: id-rekey-prod-issuer-shop is access policy [keys/read keys/sign/action]",
                "trust-list: id-rekey-prod-app is access policy [keys/read keys/sign/action secrets/getSecret/action "
                    + "secrets/readMetadata/action]",
            ],
            await LinesAsync("variants/prod-access-policies")
        );

    [Fact]
    public async Task In_dev_developers_have_vaults_of_their_own() =>
        Assert.Equal(
            [
                "*: id-rekey-dev-app is Rekey auditor (dev, rbyp)",
                "checkpoint: id-rekey-dev-checkpoint is Rekey signer (dev, rbyp)",
                "shop: 00000000-0000-4000-8000-0000000d0003 is Key Vault Crypto Officer",
                "shop: id-rekey-dev-app is Rekey rotator (dev, rbyp)",
                "shop: id-rekey-dev-issuer-shop is Rekey signer (dev, rbyp)",
                "shop: id-rekey-dev-remover is Rekey remover (dev, rbyp)",
                "trust-list: id-rekey-dev-app is Key Vault Secrets User",
                "trust-list: id-rekey-dev-app is Rekey signer (dev, rbyp)",
            ],
            await LinesAsync("dev")
        );

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public async Task Custom_roles_can_do_what_their_names_say_and_no_more(string environment)
    {
        var roles = (await PredictedEstate.OfAsync(environment))
            .Of("Microsoft.Authorization/roleDefinitions")
            .ToDictionary(r => r.Text("properties.roleName")!, r => r["properties.permissions"]![0]!, StringComparer.Ordinal);
        Assert.Equal(
            [
                $"Rekey auditor ({environment}, rbyp)",
                $"Rekey queue updater ({environment}, rbyp)",
                $"Rekey remover ({environment}, rbyp)",
                $"Rekey rotator ({environment}, rbyp)",
                $"Rekey signer ({environment}, rbyp)",
            ],
            roles.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["keyrotationpolicies/read", "keys/read", "keys/rotate/action", "keys/update/action"],
            DataActions($"Rekey rotator ({environment}, rbyp)")
        );
        Assert.Equal(["keys/read", "keys/sign/action"], DataActions($"Rekey signer ({environment}, rbyp)"));
        Assert.All(
            roles[$"Rekey auditor ({environment}, rbyp)"]["actions"]!
                .AsArray()
                .Concat(roles[$"Rekey auditor ({environment}, rbyp)"]["dataActions"]!.AsArray()),
            a => Assert.EndsWith("/read", a!.GetValue<string>(), StringComparison.Ordinal)
        );
        var updater = roles[$"Rekey queue updater ({environment}, rbyp)"];
        Assert.Equal(
            "Microsoft.Storage/storageAccounts/queueServices/queues/messages/write",
            Assert.Single(updater["dataActions"]!.AsArray())!.GetValue<string>()
        );
        Assert.Empty(updater["actions"]!.AsArray());
        Assert.Empty(roles[$"Rekey rotator ({environment}, rbyp)"]["actions"]!.AsArray());
        Assert.Empty(roles[$"Rekey signer ({environment}, rbyp)"]["actions"]!.AsArray());

        IEnumerable<string> DataActions(string role) =>
            roles[role]["dataActions"]!
                .AsArray()
                .Select(a => a!.GetValue<string>()["Microsoft.KeyVault/vaults/".Length..])
                .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_devs_appears_in_production()
    {
        var dev = await PredictedEstate.OfAsync("dev");
        string[] devs =
        [
            "-dev",
            "(dev, rbyp)",
            .. VaultRights.Of(dev).Select(r => r.PrincipalId),
            .. dev.Of("Microsoft.ManagedIdentity/userAssignedIdentities").Select(i => ArmExpression.MadeUp(i.Name, "principalId")),
        ];
        foreach (var name in new[] { "prod", "variants/prod-access-policies" })
        {
            var prod = await PredictedEstate.OfAsync(name);

            // Where they are named to be refused is the one place.
            var foreign = prod.Declaration["foreignPrincipals"]!.AsArray().Select(p => p!.GetValue<string>()).ToList();
            Assert.Contains("00000000-0000-4000-8000-0000000d0003", foreign);
            var elsewhere = prod
                .Resources.Where(r => r.Type != "Microsoft.Web/sites/config")
                .Select(r => r.Body.ToJsonString())
                .Append(prod.Declaration["vaults"]!.ToJsonString());
            Assert.All(elsewhere, text =>
                Assert.DoesNotContain(devs.Concat(foreign), one => text.Contains(one, StringComparison.OrdinalIgnoreCase))
            );
        }
    }

    [Fact]
    public async Task The_table_of_roles_has_every_role_that_is_assigned()
    {
        var table = (await File.ReadAllLinesAsync(Path.Combine(Bicep.Infra, "README.md"), TestContext.Current.CancellationToken))
            .SkipWhile(line => line != "| role | who | where | why |")
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1])
            .ToList();
        var roles = await RolesAsync();
        Assert.True(roles.Count > 10, "the roles were not found");
        Assert.All(roles, role =>
            Assert.Contains(table, cell => cell.Contains(role.Value!["title"]!.GetValue<string>(), StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Roles_and_access_policies_give_the_same()
    {
        foreach (
            var (name, role) in (await RolesAsync()).Where(r => r.Value!["keys"]!.AsArray().Count + r.Value["secrets"]!.AsArray().Count > 0)
        )
        {
            var byPolicy = new[] { "keys", "secrets" }
                .SelectMany(g => role![g]!.AsArray().Select(p => VaultRights.DataAction(g, p!.GetValue<string>())))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal);
            var right = new VaultRight(
                "",
                "",
                "",
                null,
                name,
                true,
                [.. role!["dataActions"]!.AsArray().Select(a => a!.GetValue<string>())],
                [],
                null
            );
            var byRole = VaultRights
                .AllOf("keys")
                .Concat(VaultRights.AllOf("secrets"))
                .Where(a => right.Gives(a["Microsoft.KeyVault/vaults/".Length..]))
                .Order(StringComparer.Ordinal);
            Assert.Equal(byRole, byPolicy);
        }
    }

    /// <summary>Moving a vault over: its own key is the one that is governed, whatever it is called.</summary>
    [Theory]
    [InlineData("prod", true)]
    [InlineData("variants/prod-access-policies", false)]
    public async Task A_vault_that_was_there_is_kept_with_its_key(string name, bool rbac)
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(
            "prod.bicepparam",
            "name: 'partners'",
            "name: 'partners'\n    vaultName: 'kv-contoso-tokens'\n    keyName: 'Token-Signing-2'"
        );
        var (exit, output) = await copy.EvaluateAsync(name);
        Assert.True(exit == 0, output);
        var estate = await copy.EstateAsync(name);
        Assert.Equal("Token-Signing-2", Assert.Single(estate.Keys(Assert.Single(estate.Vaults, v => v.Name == "kv-contoso-tokens"))).Name);
        Assert.Equal(
            ("https://kv-contoso-tokens.vault.azure.net", "Token-Signing-2", "partners"),
            (
                estate.Settings["Rekey__Keys__1__VaultUri"],
                estate.Settings["Rekey__Keys__1__Name"],
                estate.Settings["Rekey__Keys__1__Issuer"]
            )
        );
        Assert.Contains(
            "https://kv-contoso-tokens.vault.azure.net",
            estate.Declaration["vaults"]!.AsArray().Select(v => v!["vaultUri"]!.GetValue<string>())
        );
        Assert.DoesNotContain(estate.Of("Microsoft.KeyVault/vaults/keys"), k => k.Name == "partners");
        Assert.Empty(Promises.Broken(estate, production: true, rbac));
    }

    /// <summary>Moving a vault over: the roles are there before it is switched, and its access policies until then.</summary>
    [Fact]
    public async Task Roles_can_be_assigned_ahead_of_the_switch()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("variants/prod-access-policies.bicepparam", "param vaults = {", "param vaults = { rolesAhead: true,");
        var (exit, output) = await copy.EvaluateAsync("variants/prod-access-policies");
        Assert.True(exit == 0, output);
        var (before, ahead, after) = (
            await LinesAsync("variants/prod-access-policies"),
            Lines(await copy.EstateAsync("variants/prod-access-policies")).ToList(),
            await LinesAsync("prod")
        );
        Assert.Empty(before.Except(ahead, StringComparer.Ordinal));
        Assert.Equal(
            ["partners: id-rekey-prod-remover is Rekey remover (prod, rbyp)", "shop: id-rekey-prod-remover is Rekey remover (prod, rbyp)"],
            after.Except(ahead, StringComparer.Ordinal).Where(line => !line.Contains("may become", StringComparison.Ordinal))
        );
    }

    /// <summary>The rights that rights.bicep knows.</summary>
    private static async Task<JsonObject> RolesAsync()
    {
        var (exit, output) = await Bicep.RunAsync("build", Path.Combine(Bicep.Infra, "rights.bicep"), "--stdout");
        Assert.True(exit == 0, output);
        return JsonNode.Parse(output)!["variables"]!["roles"]!.AsObject();
    }

    private static async Task<IEnumerable<string>> LinesAsync(string name) => Lines(await PredictedEstate.OfAsync(name));

    private static IEnumerable<string> Lines(PredictedEstate estate) =>
        VaultRights
            .Of(estate)
            .Select(r =>
            {
                var actions = r.DataActions.Select(a => a["Microsoft.KeyVault/vaults/".Length..]).Order(StringComparer.Ordinal);
                return r.Role == "access policy" ? $"{r.Line} [{string.Join(' ', actions)}]" : r.Line;
            })
            .Order(StringComparer.Ordinal);
}
