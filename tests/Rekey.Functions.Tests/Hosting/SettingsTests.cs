using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Rekey.Functions.Hosting.Configuration;
using Rekey.Local.Worlds;

namespace Rekey.Functions.Tests.Hosting;

/// <summary>What is set and read by nothing, or cannot be read, stops the start by its name, all of it at once.</summary>
public sealed class SettingsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Repository =>
        typeof(SettingsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!;

    public static TheoryData<string, string, string> Misspelt =>
        new()
        {
            { "Rekey__Rotatoins__Mode", "ask", "Rekey:Rotatoins:Mode is not a setting; did you mean Rekey:Rotations:Mode?" },
            { "REKEY__TRUST__CLOCKSCEW", "00:01:00", "Rekey:TRUST:CLOCKSCEW is not a setting; did you mean Rekey:Trust:ClockSkew?" },
            { "Rekey__Mode", "ask", "Rekey:Mode is not a setting; did you mean Rekey:Rotations:Mode?" },
            { "Rekey__Auth__GatewayKeys__7__Hash", "00", "Rekey:Auth:GatewayKeys:7:Hash is not a setting." },
            {
                "Rekey__Issuers__0__Isuer",
                "https://a.example",
                "Rekey:Issuers:0:Isuer is not a setting; did you mean Rekey:Issuers:0:Issuer?"
            },
            {
                "Rekey__Issuers__0__Audience__1",
                "api://a",
                "Rekey:Issuers:0:Audience:1 is not a setting; did you mean Rekey:Issuers:0:Audiences:1?"
            },
            { "Rekey__Keys__O__Name", "shop", "Rekey:Keys:O:Name is not a setting; did you mean Rekey:Keys:0:Name?" },
            { "Rekey__Environment__Name", "prod", "Rekey:Environment:Name is not a setting" },
            { "Rekey__Azure__DocumentKey", "trust-list", "Rekey:Azure:DocumentKey is not a setting" },
            {
                "Rekey__LogFolder__SettleTime",
                "00:01:00",
                "Rekey:LogFolder:SettleTime is not a setting; did you mean Rekey:Sweeps:SettleTime?"
            },
            {
                "Rekey__Azure__LogAnalytics__SettleTime",
                "00:01:00",
                "Rekey:Azure:LogAnalytics:SettleTime is not a setting; did you mean Rekey:Sweeps:SettleTime?"
            },
            {
                "Rekey__Azure__LogAnalytics__Overlap",
                "00:01:00",
                "Rekey:Azure:LogAnalytics:Overlap is not a setting; did you mean Rekey:Sweeps:Overlap?"
            },
            { "Rekey__Rotations", "ask", "Rekey:Rotations is a group of settings, and not one value." },
            {
                "Rekey__Issuers__0__Audiences",
                "api://a",
                "Rekey:Issuers:0:Audiences is a list, its entries numbered from 0, and not one value."
            },
            {
                "Rekey__Issuers__0__KidForm",
                "Thumbprnt",
                "Rekey:Issuers:0:KidForm cannot be read: Thumbprnt is not a valid value for KidForm."
            },
            { "Rekey__Keys__0__VaultUri", "https://", "Rekey:Keys:0:VaultUri cannot be read: Invalid URI" },
            { "Rekey__Departures__MaxDeparturesAnHour", "ten", "Rekey:Departures:MaxDeparturesAnHour cannot be read: ten is not" },
            {
                "Rekey__Departures__ClientState",
                "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/state)",
                "Rekey:Departures:ClientState is a Key Vault reference that the platform has not resolved"
            },
            { "Rekey__Calls__MaxBody", "64k", "Rekey:Calls:MaxBody cannot be read: 64k is not" },
        };

    [Fact]
    public async Task Every_misspelt_setting_is_named_at_once_with_what_was_probably_meant()
    {
        var (exit, error) = await RefusedAsync(Misspelt.ToDictionary(m => m.Data.Item1, m => m.Data.Item2));
        Assert.Equal(78, exit);
        foreach (var (_, _, said) in Misspelt.Select(m => m.Data))
        {
            Assert.Contains(said, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_not_under_Rekey_or_is_spelt_well_is_nobodys_mistake()
    {
        var (_, error) = await RefusedAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["RekeyState"] = "UseDevelopmentStorage=true",
                ["RekeyEvidence__blobServiceUri"] = "https://evidence.blob.core.windows.net",
                ["RekeyEvidence__queueServiceUri"] = "https://evidence.queue.core.windows.net",
                ["Other__Rotatoins__Mode"] = "ask",
                ["rekey__rotations__mode"] = "ask",
                ["Rekey__Rotations__AssumeDrainedAfter"] = "01:00:00",
                ["Rekey__Issuers__0__Algorithms__0"] = "PS256",
            }
        );
        Assert.DoesNotContain("is not a setting", error, StringComparison.Ordinal);
        Assert.DoesNotContain("not one value", error, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be read", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bounds_of_a_call_that_cannot_go_together_stop_the_start()
    {
        var (exit, error) = await RefusedAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Rekey__Calls__Deadline"] = "00:01:00",
                ["Rekey__Calls__MaxBody"] = "-1",
            }
        );
        Assert.Equal(78, exit);
        Assert.Contains("Rekey:Calls:Deadline must be longer than Azure:MaxThrottleWait (00:01:00)", error, StringComparison.Ordinal);
        Assert.Contains("Rekey:Calls:MaxBody must be at least 1024 bytes", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_declaration_that_says_nothing_sure_and_a_remover_that_is_the_app_itself_stop_the_start()
    {
        const string own = "0f0e0d0c-0b0a-4908-8706-050403020100";
        var (exit, error) = await RefusedAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Rekey__VaultAccess__Mode"] = "enforce",
                ["Rekey__VaultAccess__Declaration"] = """
                {"environment":"prod","permissionModel":"rbac","vaults":[{"vaultUri":"https://kv.vault.azure.net/",
                 "resourceId":"/kv","grants":[{"principalId":"me","principalType":"User","role":"x"}]}]}
                """,
                ["Rekey__VaultAccess__DeclarationHash"] = "abc",
                ["Rekey__VaultAccess__RemoverClientId"] = own,
                ["Rekey__Departures__CutOffClientId"] = own,
                ["Rekey__Azure__ManagedIdentityClientId"] = own,
            }
        );
        Assert.Equal(78, exit);
        foreach (
            var said in new[]
            {
                "Rekey:VaultAccess:Declaration: vaults[0]: resourceId '/kv' is not the resource id of a vault",
                "Rekey:VaultAccess:Declaration: vaults[0]: grants[0]: principalId 'me' is not an object id",
                "Rekey:VaultAccess:DeclarationHash must be a SHA-256",
                "Rekey:VaultAccess:RemoverClientId must not be the app's own identity",
                "Rekey:Departures:CutOffClientId must be an identity of its own",
            }
        )
        {
            Assert.Contains(said, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_sample_is_a_complete_set()
    {
        using var sample = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Repository, "local.settings.sample.json"), Cancel));
        var values = sample
            .RootElement.GetProperty("Values")
            .EnumerateObject()
            .ToDictionary(v => v.Name.Replace("__", ":", StringComparison.Ordinal), v => v.Value.GetString());
        var settings = Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        Assert.Equal("shop", settings.Rekey.Keys.Single().Name);
    }

    /// <summary>Starts the worker with these settings and no others, and waits for its end.</summary>
    private static async Task<(int Exit, string Error)> RefusedAsync(IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo(Path.Combine(FunctionApp.BuiltFolder, "Rekey.Functions"))
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("Rekey", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            limit.CancelAfter(Patience);
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            await output;
            return (process.ExitCode, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
