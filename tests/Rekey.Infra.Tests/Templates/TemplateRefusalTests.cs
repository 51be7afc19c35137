namespace Rekey.Infra.Tests.Templates;

/// <summary>Unsafe parameters are refused by the templates themselves, before anything is deployed, and all of them are told at
/// once.</summary>
public sealed class TemplateRefusalTests
{
    private const string Prod = "prod.bicepparam";

    [Fact]
    public Task Production_refuses_whoever_and_whatever_has_no_place_in_it() =>
        RefusedAsync([
            new(
                Prod,
                "breakGlassGroupId: '00000000-0000-4000-8000-0000000b0001'",
                "developerGroupIds: ['00000000-0000-4000-8000-0000000dddd3']",
                "Production needs a break-glass group"
            ),
            new(
                Prod,
                "param audience",
                "param app = { settings: { Rekey__VaultAccess__Declaration: '{}', AzureWebJobsStorage: 'a key' } }\n"
                    + "param vaults = { allowedRanges: ['0.0.0.0/0'] }\nparam audience",
                "app.settings: Rekey__VaultAccess__Declaration is not for"
            ),
            new(Prod, "param location", "param location", "app.settings: AzureWebJobsStorage is not for"),
            new(Prod, "param location", "param location", "Developers have no rights in production"),
            new(Prod, "param location", "param location", "reached by private endpoints only"),
            new(
                Prod,
                "'00000000-0000-4000-8000-0000000a0001'",
                "'00000000-0000-4000-8000-0000000D0002'",
                "00000000-0000-4000-8000-0000000d0002 belongs to another environment"
            ),
            new(
                Prod,
                "'00000000-0000-4000-8000-0000000a0002'",
                "'00000000-0000-4000-8000-0000000d0001'",
                "00000000-0000-4000-8000-0000000d0001 belongs to another environment"
            ),
            new(
                Prod,
                "principalType: 'ServicePrincipal'",
                "principalType: 'User'",
                "00000000-0000-4000-8000-0000000e0001 holds /subscriptions/"
            ),
            new(
                Prod,
                "peakTokensASecond: 60",
                "peakTokensASecond: 101",
                "shop mints 101 tokens a second at its peak, more than half of the 200 that one vault signs"
            ),
            new(
                Prod,
                "peakTokensASecond: 20",
                "peakTokensASecond: 26",
                "mints 26 tokens a second at its peak, more than half of the 50 that one vault signs"
            ),
            new(Prod, "name: 'partners'", "name: 'Part ners'", "the name Part ners must be lower-case letters, digits and hyphens"),
            new(
                Prod,
                "name: 'Part ners'",
                "name: 'Part ners', keyName: 'Token_Signing/1'",
                "Part ners has the keyName Token_Signing/1: a key is called by letters, digits and hyphens"
            ),
            new(
                Prod,
                "param alerts",
                "param feed = { previousClientStateVersion: '0123456789abcdef0123456789abcdeG' }\nparam alerts",
                "feed.previousClientStateVersion: a version of a secret is 32 digits"
            ),
            new(
                Prod,
                "signerPrincipalIds: [",
                "federatedCredentials: [{ issuer: 'https://i.example', subject: 's' }]\n    signerPrincipalIds: [",
                "its federated credentials are made there"
            ),
        ]);

    [Fact]
    public async Task No_parameter_file_says_what_the_template_says_itself_in_whatever_case()
    {
        string[] refused =
        [
            "Rekey__vaultAccess__declaration",
            "rekey__VAULTACCESS__DeclarationHash",
            "Rekey__auth__Authority",
            "Rekey__Azure__managedidentityClientId",
            "Rekey__VaultAccess__Mode",
            "REKEY__STOPPED",
            "Rekey__VaultAccess__RemoverClientId",
            "Rekey__Azure__CheckpointThumbprint",
            "Rekey__departures__PreviousClientState",
            "Rekey__Issuers__0__Algorithms__1",
            "Rekey__Keys__7__VaultUri",
            "Rekey__Auth__GatewayKeys__9__Sha256",
            "Rekey:Auth:Authority",
        ];
        var settings = refused
            .Append("Rekey__Sweeps__MaxRows")
            .Select(s => s.Contains(':', StringComparison.Ordinal) ? $"'{s}': 'x'" : $"{s}: 'x'");
        using var copy = new InfraCopy();
        await copy.ChangeAsync(Prod, "param audience", $"param app = {{ settings: {{ {string.Join(", ", settings)} }} }}\nparam audience");
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.NotEqual(0, exit);
        Assert.All(refused, s =>
            Assert.Contains($"app.settings: {s} is not for a parameter file to say.", output, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("Rekey__Sweeps__MaxRows is not", output, StringComparison.Ordinal);
    }

    [Fact]
    public Task Production_is_what_is_called_so() =>
        RefusedAsync([
            new(
                Prod,
                "param production = true",
                "param production = false",
                "The environment prod must be deployed with production = true"
            ),
            new(
                Prod,
                "name: 'shop'",
                "name: 'shop', vaultName: 'kv-contoso-tokens'",
                "shop shares the vault kv-contoso-tokens with another issuer"
            ),
            new(Prod, "name: 'partners'", "name: 'shop', vaultName: 'KV-contoso-tokens'", "two have the same name"),
        ]);

    [Fact]
    public Task What_is_unsafe_altogether_cannot_be_said() =>
        RefusedAsync([
            new(
                Prod,
                "param location",
                "param runtime = 'custom'\nparam location",
                "The parameter \"runtime\" is assigned in the params file without being declared in the Bicep file"
            ),
            new(Prod, "kty: 'EC-HSM'", "kty: 'EC'", "The property \"kty\" expected a value of type \"'EC-HSM' | 'RSA-HSM'\""),
            new(Prod, "kty: 'RSA-HSM',", "kty: 'RSA-HSM', exportable: true,", "The property \"exportable\" is not allowed"),
            new(Prod, "param audience", "param app = { maximumInstances: 39 }\nparam audience", "the minimum allowable value is 40"),
            new(
                Prod,
                "param modes",
                "param evidence = { days: 30 }\nparam logs = { totalRetentionDays: 90 }\nparam modes",
                "the minimum allowable value is 365"
            ),
            new(Prod, "param location", "param location", "but the provided value is of type \"90\""),
        ]);

    [Fact]
    public async Task Safe_parameters_are_taken()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(Prod, "peakTokensASecond: 60", "peakTokensASecond: 100");
        await copy.ChangeAsync(Prod, "peakTokensASecond: 20", "peakTokensASecond: 25");
        await copy.ChangeAsync(Prod, "vaultAccess: 'Ask'", "vaultAccess: 'Enforce'");
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.True(exit == 0, output);

        // The same under access policies, where nobody takes rights away by himself.
        (exit, output) = await copy.EvaluateAsync("variants/prod-access-policies");
        Assert.NotEqual(0, exit);
        Assert.Contains("Access policies are taken away by a person", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_known_at_a_management_group_is_declared_of_every_vault()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(
            Prod,
            "scope: '/subscriptions/00000000-0000-4000-8000-000000000001'",
            "scope: '/providers/microsoft.Management/managementGroups/contoso'"
        );
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.True(exit == 0, output);
        var vaults = (await copy.EstateAsync("prod")).Declaration["vaults"]!.AsArray();
        Assert.Equal(4, vaults.Count);
        Assert.All(vaults, v =>
            Assert.Equal(
                2,
                v!["grants"]!.AsArray().Count(g => g!["principalId"]!.GetValue<string>() == "00000000-0000-4000-8000-0000000e0001")
            )
        );
    }

    [Fact]
    public async Task A_grant_that_lets_people_act_in_production_is_refused_wherever_it_comes_from()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("access.bicep", "active: false", "active: true");
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.NotEqual(0, exit);
        Assert.Contains("access.bicep: break-glass would hold keyOfficer on kv-shop-prod-", output, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(TemplateChange[] changes)
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(changes);
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.NotEqual(0, exit);
        Assert.All(changes, change => Assert.Contains(change.Because, output, StringComparison.Ordinal));
    }
}
