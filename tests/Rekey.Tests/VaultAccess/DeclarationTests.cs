using Rekey.Core;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Roles;

namespace Rekey.Tests.VaultAccess;

/// <summary>The declaration is read whole or not at all, and every mistake is named.</summary>
public sealed class DeclarationTests
{
    private const string Grant = """
        {"principalId":"aaaaaaaa-0000-4000-8000-00000000000a","principalType":"ServicePrincipal","role":"Key signer",
         "dataActions":["Microsoft.KeyVault/vaults/keys/sign/action"],"active":true,"why":"signs"}
        """;

    private static string Text(
        string grant = Grant,
        string more = "",
        string vault = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv",
        string rest = ""
    ) =>
        $$"""
            {"environment":"prod","permissionModel":"rbac","vaults":[{"vaultUri":"https://kv.vault.azure.net/","resourceId":"{{vault}}",
             "grants":[{{grant}}],"network":"deny","purgeProtection":true,"softDeleteDays":90,"retentionDays":730,"diagnostics":["audit",
             {"name":"archive","storageAccountId":"/s"},{"name":"own","workspaceId":"/w",
             "logAnalyticsDestinationType":"Dedicated"}]{{more}}}],"foreignPrincipals":["bbbbbbbb-0000-4000-8000-00000000000b"]{{rest}}}
            """;

    [Fact]
    public void What_a_deployment_writes_is_read()
    {
        var (declaration, mistakes) = DeclarationReader.Read(Text());
        Assert.Empty(mistakes);
        var vault = Assert.Single(declaration!.Vaults);
        Assert.Equal(
            ("prod", true, PermissionModel.Rbac, "kv.vault.azure.net"),
            (declaration.Environment, declaration.IsProduction, declaration.PermissionModel, vault.Name)
        );
        Assert.Equal(
            [new("audit"), new("archive", StorageAccountId: "/s"), new("own", WorkspaceId: "/w", IsDedicated: true)],
            vault.Diagnostics
        );
        Assert.Equal(
            (PrincipalKind.ServicePrincipal, true, "signs"),
            (vault.Grants[0].PrincipalKind, vault.Grants[0].IsActive, vault.Grants[0].Why)
        );
    }

    [Fact]
    public void Who_must_be_able_to_rotate_is_read_where_it_is_said()
    {
        Assert.Null(Rotator(""));
        Assert.Null(Rotator(",\"rotator\":null"));
        Assert.Null(Rotator(",\"rotator\":{\"principalId\":\"AAAAAAAA-0000-4000-8000-00000000000A\"}")!.LetInBy);
        var rotator = Rotator(",\"rotator\":{\"principalId\":\"AAAAAAAA-0000-4000-8000-00000000000A\",\"letInBy\":[\"/subnets/app/\"]}");
        Assert.Equal(("aaaaaaaa-0000-4000-8000-00000000000a", "/subnets/app"), (rotator!.PrincipalId, Assert.Single(rotator.LetInBy!)));

        static DeclaredRotator? Rotator(string more) => DeclarationReader.Read(Text(more: more)).Declaration!.Vaults[0].Rotator;
    }

    [Theory]
    [InlineData("dev", false)]
    [InlineData("development", false)]
    [InlineData("test-2", false)]
    [InlineData("live", true)]
    [InlineData("production", true)]
    public void Only_what_is_called_so_is_not_production(string environment, bool isProduction)
    {
        Assert.Equal(
            isProduction,
            DeclarationReader.Read(Text().Replace("\"prod\"", $"\"{environment}\"", StringComparison.Ordinal)).Declaration!.IsProduction
        );
        Assert.Equal(
            !isProduction,
            DeclarationReader
                .Read(
                    Text(rest: $",\"production\":{(isProduction ? "false" : "true")}")
                        .Replace("\"prod\"", $"\"{environment}\"", StringComparison.Ordinal)
                )
                .Declaration!.IsProduction
        );
    }

    public static TheoryData<string, string> Wrong =>
        new()
        {
            { "{", "cannot be read" },
            { "null", "is null" },
            { Text().Replace("rbac", "abac", StringComparison.Ordinal), "cannot be read" },
            { Text(rest: ",\"unknown\":1"), "cannot be read" },
            { Text(more: ",\"network\":\"deny\""), "cannot be read" },
            { Text(Grant.Replace("aaaaaaaa", "x", StringComparison.Ordinal)), "vaults[0]: grants[0]: principalId" },
            { Text(Grant.Replace("\"role\":\"Key signer\",", "", StringComparison.Ordinal)), "role must be" },
            { Text(Grant.Replace("ServicePrincipal", "Unknown", StringComparison.Ordinal)), "principalType must be" },
            {
                Text(Grant.Replace("Microsoft.KeyVault/vaults/keys/sign", "Microsoft.Storage/x", StringComparison.Ordinal)),
                "not an operation on a vault's content"
            },
            { Text(vault: "/subscriptions/x"), "is not the resource id of a vault" },
            {
                Text().Replace("\"Dedicated\"", "\"dedicated\"", StringComparison.Ordinal),
                "logAnalyticsDestinationType 'dedicated' must be 'Dedicated' or 'AzureDiagnostics'"
            },
            { Text().Replace("\"deny\"", "\"maybe\"", StringComparison.Ordinal), "must be 'deny' or 'allow'" },
            { Text().Replace(":90", ":91", StringComparison.Ordinal), "must be between 7 and 90" },
            { Text().Replace(":730", ":1", StringComparison.Ordinal), "must be between 4 and 4383" },
            { Text(more: ",\"rotator\":{\"principalId\":\"the app\"}"), "rotator: principalId 'the app'" },
            { Text(more: ",\"rotator\":{\"letInBy\":[]}"), "cannot be read" },
            { Text().Replace("bbbbbbbb", "y", StringComparison.Ordinal), "foreignPrincipals" },
            { """{"environment":"prod","permissionModel":"rbac","vaults":[]}""", "at least one" },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_mistake_is_named(string text, string said)
    {
        var (declaration, mistakes) = DeclarationReader.Read(text);
        Assert.Null(declaration);
        Assert.Contains(said, string.Join('\n', mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_cannot_go_together_are_named()
    {
        var wrong = new VaultAccessOptions
        {
            Mode = ResponseMode.Enforce,
            DeclarationHash = "abc",
            RemoverClientId = "me",
            MaxRemovalsASweep = 0,
            OverdueAfter = TimeSpan.FromMinutes(1),
        }
            .Validate("prod")
            .ToList();
        Assert.Equal(5, wrong.Count);
        Assert.All(wrong, m => Assert.StartsWith("VaultAccess:", m, StringComparison.Ordinal));
        Assert.Contains(
            "Enforce without VaultAccess:RemoverClientId",
            Assert.Single(new VaultAccessOptions { Mode = ResponseMode.Enforce, Declaration = Text() }.Validate("prod")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "this deployment governs 'dev'",
            Assert.Single(new VaultAccessOptions { Declaration = Text() }.Validate("dev")),
            StringComparison.Ordinal
        );
        Assert.Empty(new VaultAccessOptions().Validate("prod"));
        Assert.True(
            new VaultAccessOptions { Declaration = Text(), DeclarationHash = Declaration.HashOf(Text()).ToUpperInvariant() }.IsDeployed
        );
    }

    [Theory]
    [InlineData("*", "Microsoft.KeyVault/vaults/keys/sign/action", true)]
    [InlineData("*/sign/action", "Microsoft.KeyVault/vaults/keys/sign/action", true)]
    [InlineData("microsoft.keyvault/VAULTS/*/action", "Microsoft.KeyVault/vaults/keys/sign/action", true)]
    [InlineData("Microsoft.KeyVault/*/sign/*", "Microsoft.KeyVault/vaults/keys/sign/action", true)]
    [InlineData("Microsoft.KeyVault/vaults/keys/*/action*", "Microsoft.KeyVault/vaults/keys/sign/action", true)]
    [InlineData("Microsoft.KeyVault/vaults/keys/read*read", "Microsoft.KeyVault/vaults/keys/read", false)]
    [InlineData("Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/keys", false)]
    [InlineData("Microsoft.KeyVault/vaults/keys/sign", "Microsoft.KeyVault/vaults/keys/sign/action", false)]
    [InlineData("*/delete", "Microsoft.KeyVault/vaults/keys/sign/action", false)]
    public void A_star_stands_for_any_characters(string pattern, string operation, bool matches) =>
        Assert.Equal(matches, ActionPattern.Matches(pattern, operation));
}
