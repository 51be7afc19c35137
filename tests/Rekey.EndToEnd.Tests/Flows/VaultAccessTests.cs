using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Rekey.EndToEnd.Tests.Support;
using Rekey.Ledgers;
using Rekey.Local.Graph;
using Rekey.Local.Identity;
using Rekey.Local.ResourceManager;
using Rekey.Local.Worlds;

namespace Rekey.EndToEnd.Tests.Flows;

/// <summary>Somebody is let into the production vault. The real app reads the management plane and the directory, and takes away what it
/// may.</summary>
public sealed class VaultAccessTests
{
    private static readonly string Developer = LocalCompany.PersonOf("developer");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_developer_who_is_let_in_is_seen_and_taken_out_again_under_the_second_identity()
    {
        await using var company = await LocalCompany.StartAsync([new("shop")]);
        var (world, key) = (company.World, company.Key("shop"));
        await SweepAsync(company);
        Assert.Empty(await OpenAsync(company));

        company.Hire(Developer);
        var grant = await world.Admin.AssignAsync(Developer, "User", ArmRole.CryptoOfficer, world.Vault.ResourceId, Cancel);
        Assert.Equal(200, await ReadKeyAsync(company, key));
        await SweepAsync(company);

        Assert.Equal(403, await ReadKeyAsync(company, key));
        Assert.DoesNotContain(world.ResourceManager.Assignments, a => a.Id == grant);
        Assert.Empty(await OpenAsync(company));
        var all = (await company.Rekey.GetAsync("findings?state=all", "Reader", Cancel))!
            .Value.GetProperty("findings")
            .EnumerateArray()
            .ToList();
        var told = all.Single(f => f.GetProperty("kind").GetString() == "vault-grant-undeclared");
        Assert.Equal(
            ("Critical", Developer, grant),
            (told.GetProperty("severity").GetString(), Evidence(told, "principal"), Evidence(told, "grant"))
        );
        Assert.Single(all, f => f.GetProperty("kind").GetString() == "vault-human-in-production");

        var ledger = await company.LedgerAsync();
        var lines = ledger.Where(l => l.Entry.Kind is LedgerKinds.GrantRemoving or LedgerKinds.GrantRemoved).ToList();
        Assert.Equal([LedgerKinds.GrantRemoving, LedgerKinds.GrantRemoved], lines.Select(l => l.Entry.Kind));
        Assert.All(lines, l =>
            Assert.Equal(
                (grant, World.RemoverClientId, "enforce"),
                (l.Entry.Facts["grant"], l.Entry.Facts["under"], l.Entry.Facts["because"])
            )
        );

        // What the app's own identity may: read, and nothing else.
        Assert.DoesNotContain(world.ResourceManager.Assignments, a =>
            a.PrincipalId == World.AppObjectId && a.RoleId != ArmRole.Reader.Id && a.RoleId != ArmRole.Rotator.Id
        );
    }

    [Fact]
    public async Task A_way_through_a_group_and_a_stranger_app_are_told_and_asked_about_and_on_yes_an_operator_removes_them()
    {
        await using var company = await LocalCompany.StartAsync([new("shop")]);
        var world = company.World;
        var (group, app) = (LocalCompany.PersonOf("group"), LocalCompany.PersonOf("app"));
        company.Hire(Developer);
        world.Graph.Set(new GraphGroup(group) { Members = [Developer] });
        world.Graph.Set(new GraphServicePrincipal(app, app));
        world.ResourceManager.Assign(group, "Group", ArmRole.Signer, world.Vault.ResourceId);
        world.ResourceManager.Assign(app, "ServicePrincipal", ArmRole.Signer, world.Vault.ResourceId);
        await SweepAsync(company);
        Assert.Equal(
            ["vault-grant-undeclared", "vault-grant-undeclared", "vault-human-in-production"],
            (await OpenAsync(company)).Select(Kind).Order(StringComparer.Ordinal)
        );
        Assert.Equal(2, world.ResourceManager.Assignments.Count(a => a.PrincipalId == group || a.PrincipalId == app));

        Assert.Equal(2, (await company.Rekey.ApproveAllAsync(Cancel)).Count);
        var strangers = world.ResourceManager.Assignments.Where(a => a.PrincipalId == group || a.PrincipalId == app).ToList();
        Assert.Equal(2, strangers.Count);
        await SweepAsync(company);
        Assert.Equal(3, (await OpenAsync(company)).Count);

        strangers.ForEach(world.ResourceManager.Remove);
        await SweepAsync(company);
        Assert.Empty(await OpenAsync(company));
    }

    [Fact]
    public async Task What_else_drifts_is_told_and_what_could_not_be_seen_too()
    {
        await using var company = await LocalCompany.StartAsync([new("shop")]);
        var (world, vault) = (company.World, company.World.Vault.ResourceId);
        world.ResourceManager.Change(vault, v => v with { IsPublic = true, AllowsAll = true, PurgeProtection = false, Diagnostics = [] });
        world.ResourceManager.Remove(world.ResourceManager.Assignments.Single(a => a.PrincipalId == World.IssuerObjectId));
        world.ResourceManager.SetRole(
            ArmRole.Rotator with
            {
                DataActions =
                [
                    .. ArmRole.Rotator.DataActions.Where(a => !a.EndsWith("update/action", StringComparison.Ordinal)),
                    "Microsoft.KeyVault/vaults/keys/backup/action",
                ],
            }
        );
        await SweepAsync(company);
        Assert.Equal(
            [
                "rotation-not-allowed",
                "vault-diagnostics-gone",
                "vault-grant-missing",
                "vault-grant-missing",
                "vault-grant-undeclared",
                "vault-network-opened",
                "vault-purge-protection-off",
            ],
            (await OpenAsync(company)).Select(Kind).Order(StringComparer.Ordinal)
        );

        Assert.Equal("keys/update/action", Evidence((await OpenAsync(company)).Single(f => Kind(f) == "rotation-not-allowed"), "lacks"));

        world.ResourceManager.Faults.Fail("GET diagnosticSettings", 403, times: 10);
        await SweepAsync(company);
        var unseen = (await OpenAsync(company)).Single(f => Kind(f) == "vault-access-not-seen");
        Assert.Contains("Diagnostics", Evidence(unseen, "notSeen"), StringComparison.Ordinal);
        Assert.Equal(8, (await OpenAsync(company)).Count);
    }

    [Fact]
    public async Task A_declaration_that_no_deployment_completed_removes_nothing()
    {
        await using var company = await LocalCompany.StartAsync(
            [new("shop")],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["Rekey__VaultAccess__DeclarationHash"] = new('0', 64) }
        );
        company.Hire(Developer);
        await company.World.Admin.AssignAsync(Developer, "User", ArmRole.CryptoOfficer, company.World.Vault.ResourceId, Cancel);
        await SweepAsync(company);
        Assert.Equal(
            ["vault-declaration-stale", "vault-grant-undeclared", "vault-human-in-production"],
            (await OpenAsync(company)).Select(Kind).Order(StringComparer.Ordinal)
        );
        Assert.Contains(company.World.ResourceManager.Assignments, a => a.PrincipalId == Developer);
    }

    [Fact]
    public async Task The_command_line_shows_the_same_from_azure_and_from_what_it_saved()
    {
        await using var company = await LocalCompany.StartAsync([new("shop")]);
        var (world, folder) = (company.World, company.World.Folder);
        company.Hire(Developer);
        await File.WriteAllTextAsync(Path.Combine(folder, "declaration.json"), WorldAccess.Declare(world).Text, Cancel);
        string[] azure =
        [
            "--vault",
            world.Vault.ResourceId,
            "--resource-manager",
            world.ResourceManager.Address.AbsoluteUri,
            "--graph",
            world.Graph.Address.AbsoluteUri,
            "--trusted-ca",
            world.Authority.Path,
        ];
        var clean = await RekeyAsync(world, [.. azure, "--declaration", Path.Combine(folder, "declaration.json")]);
        Assert.True(clean.Exit == 0, clean.Output);
        Assert.Contains("All access is as declared.", clean.Output, StringComparison.Ordinal);

        world.ResourceManager.Assign(Developer, "User", ArmRole.CryptoOfficer, world.Vault.ResourceId);
        var live = await RekeyAsync(
            world,
            [
                .. azure,
                "--declaration",
                Path.Combine(folder, "declaration.json"),
                "--save",
                Path.Combine(folder, "saved.json"),
                "--output",
                "json",
            ]
        );
        var saved = await RekeyAsync(world, ["--export", Path.Combine(folder, "saved.json"), "--output", "json"]);
        Assert.Equal((2, 2, live.Output), (live.Exit, saved.Exit, saved.Output));
        Assert.Contains($"\"{Developer}\"", live.Output, StringComparison.Ordinal);
        Assert.Contains("vault-human-in-production", live.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "eyJ",
            live.Output + await File.ReadAllTextAsync(Path.Combine(folder, "saved.json"), Cancel),
            StringComparison.Ordinal
        );
    }

    /// <summary>Runs the tool as an operator whom the machine's identity stands for.</summary>
    private static async Task<(int Exit, string Output)> RekeyAsync(World world, IReadOnlyList<string> arguments)
    {
        var file = typeof(World).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CommandLineFile").Value!;
        var start = new ProcessStartInfo("dotnet", [file, "access", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        (start.Environment["IDENTITY_ENDPOINT"], start.Environment["IDENTITY_HEADER"]) = (
            world.Identity.IdentityEndpoint,
            world.Identity.IdentityHeader
        );
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
            await process.WaitForExitAsync(Cancel);
            return (process.ExitCode, process.ExitCode == 1 ? await output + await error : await output);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static Task SweepAsync(LocalCompany company) => company.World.Host.TriggerTimerAsync("SweepVaultAccess", Cancel);

    /// <summary>Findings of the access sweep that are open.</summary>
    private static async Task<IReadOnlyList<JsonElement>> OpenAsync(LocalCompany company) =>
        [
            .. (await company.Rekey.GetAsync("findings", "Reader", Cancel))!
                .Value.GetProperty("findings")
                .EnumerateArray()
                .Where(f => Kind(f)!.StartsWith("vault-", StringComparison.Ordinal) || Kind(f) == "rotation-not-allowed"),
        ];

    private static string? Kind(JsonElement finding) => finding.GetProperty("kind").GetString();

    private static string? Evidence(JsonElement finding, string name) => finding.GetProperty("evidence").GetProperty(name).GetString();

    /// <summary>The status that the developer gets from the vault.</summary>
    private static async Task<int> ReadKeyAsync(LocalCompany company, WorldKey key)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(company.World.Vault.Address, $"keys/{key.Name}/?api-version=2025-07-01")
        );
        request.Headers.Authorization = new("Bearer", company.World.Identity.Mint(Developer, Audiences.KeyVault));
        using var reply = await company.World.Http.SendAsync(request, Cancel);
        return (int)reply.StatusCode;
    }
}
