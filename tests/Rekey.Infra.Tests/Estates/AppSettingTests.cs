using Microsoft.Extensions.Configuration;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Functions.Hosting.Configuration;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Estates;

/// <summary>The settings that a deployment emits are those that the app reads: one that nothing reads stops its start.</summary>
public sealed class AppSettingTests
{
    private const string VaultAccess = "Rekey:VaultAccess:";

    /// <summary>What the Functions host reads, and not the app (functions-reference: identity-based connections).</summary>
    private static readonly string[] OfTheHost =
    [
        "AzureWebJobsStorage:blobServiceUri",
        "AzureWebJobsStorage:tableServiceUri",
        "AzureWebJobsStorage:credential",
        "AzureWebJobsStorage:clientId",
        "AzureWebJobsDisableHomepage",
        "RekeyState:credential",
        "RekeyEvidence:credential",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    ];

    /// <summary>Connections, which <c>StorageConnection</c> reads.</summary>
    private static readonly string[] Connections =
    [
        "RekeyState:blobServiceUri",
        "RekeyState:queueServiceUri",
        "RekeyState:tableServiceUri",
        "RekeyState:clientId",
        "RekeyEvidence:blobServiceUri",
        "RekeyEvidence:queueServiceUri",
        "RekeyEvidence:clientId",
    ];

    /// <summary>What the sweep of vault access reads; the app's own list of it counts from the day that it has one.</summary>
    private static readonly string[] OfVaultAccess = ["Mode", "Declaration", "DeclarationHash", "RemoverClientId"];

    public static TheoryData<string> Estates =>
        ["dev", "prod", "variants/prod-access-policies", "variants/prod-events", "variants/dev-standard", "variants/dev-observe"];

    [Theory]
    [MemberData(nameof(Estates))]
    public async Task Every_setting_is_one_that_is_read(string name)
    {
        var known = Settings.Known.Select(path => $"Rekey:{path}").ToList();
        string[] read =
        [
            .. known,
            .. known.Exists(k => k.StartsWith(VaultAccess, StringComparison.Ordinal)) ? [] : OfVaultAccess.Select(s => VaultAccess + s),
            .. OfTheHost,
            .. Connections,
        ];
        Assert.All((await PredictedEstate.OfAsync(name)).Settings.Keys, setting => Assert.Contains(Path(setting), read));

        static string Path(string setting) =>
            string.Join(':', setting.Split("__").Select(part => part.All(char.IsAsciiDigit) ? "n" : part));
    }

    /// <summary>The host shows a page of its own at the root until it is switched off.</summary>
    [Theory]
    [MemberData(nameof(Estates))]
    public async Task The_hosts_page_is_off(string name) =>
        Assert.Equal("true", (await PredictedEstate.OfAsync(name)).Settings["AzureWebJobsDisableHomepage"]);

    [Theory]
    [MemberData(nameof(Estates))]
    public async Task The_app_starts_with_them(string name)
    {
        var knowsVaultAccess = Settings.Known.Any(path => path.StartsWith("VaultAccess:", StringComparison.Ordinal));
        var given = Resolved((await PredictedEstate.OfAsync(name)).Settings)
            .Where(s => knowsVaultAccess || !s.Key.StartsWith(VaultAccess, StringComparison.Ordinal));
        var settings = Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(given).Build());
        Assert.Equal(
            name.Contains("dev", StringComparison.Ordinal)
                ? [name == "variants/dev-observe" ? "token-signing" : "shop"]
                : ["shop", "partners"],
            settings.Rekey.Keys.Select(k => k.Name)
        );

        // What the template checks before a deployment, the app checks at every start: it is told the same.
        Assert.Equal(
            name.Contains("dev", StringComparison.Ordinal) ? [5d] : [60, 20],
            settings.Rekey.Issuers.Select(i => i.PeakTokensPerSecond!.Value)
        );
        Assert.Equal(
            name.Contains("dev", StringComparison.Ordinal) ? [null] : new int?[] { null, 3072 },
            settings.Rekey.Keys.Select(k => k.RsaKeySize)
        );
    }

    [Theory]
    [InlineData("{ kty: 'EC-HSM', curve: 'P-521' }", 100)]
    [InlineData("{ kty: 'RSA-HSM' }", 100)]
    [InlineData("{ kty: 'RSA-HSM', size: 3072 }", 25)]
    [InlineData("{ kty: 'RSA-HSM', size: 4096 }", 12)]
    public async Task Template_and_app_take_the_same_peak_and_not_one_more(string key, int most)
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("dev.bicepparam", "{ kty: 'EC-HSM', curve: 'P-256' }", key);
        await copy.ChangeAsync("dev.bicepparam", "peakTokensASecond: 5", $"peakTokensASecond: {most}");
        var (exit, output) = await copy.EvaluateAsync("dev");
        Assert.True(exit == 0, output);
        var given = Resolved((await copy.EstateAsync("dev")).Settings).ToDictionary(StringComparer.Ordinal);
        Assert.Equal(
            most,
            Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(given).Build()).Rekey.Issuers.Single().PeakTokensPerSecond
        );

        given["Rekey:Issuers:0:PeakTokensPerSecond"] = $"{most + 1}";
        Assert.Contains(
            "PeakTokensPerSecond",
            Assert
                .Throws<CannotContinueException>(() => Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(given).Build()))
                .Message,
            StringComparison.Ordinal
        );
        await copy.ChangeAsync("dev.bicepparam", $"peakTokensASecond: {most}", $"peakTokensASecond: {most + 1}");
        Assert.Contains("more than half of the", (await copy.EvaluateAsync("dev")).Output, StringComparison.Ordinal);
    }

    /// <summary>A host's connection named RekeyEvidence, for the trigger whose queue is there.</summary>
    [Theory]
    [MemberData(nameof(Estates))]
    public async Task A_trigger_finds_its_queue_by_the_apps_identity(string name)
    {
        var estate = await PredictedEstate.OfAsync(name);
        foreach (var connection in new[] { "RekeyState", "RekeyEvidence" })
        {
            Assert.EndsWith(".queue.core.windows.net", estate.Settings[$"{connection}__queueServiceUri"], StringComparison.Ordinal);
            Assert.Equal("managedidentity", estate.Settings[$"{connection}__credential"]);
            Assert.Equal(estate.Settings["Rekey__Azure__ManagedIdentityClientId"], estate.Settings[$"{connection}__clientId"]);
        }
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("0123456789abcdef0123456789abcdef", "/secrets/graph-client-state/0123456789abcdef0123456789abcdef)")]
    public async Task A_second_client_state_is_taken_only_while_one_replaces_the_other(string version, string? reference)
    {
        using var copy = new InfraCopy();
        const string beside = "param feed = {";
        await copy.ChangeAsync("variants/prod-events.bicepparam", beside, $"{beside}\n  previousClientStateVersion: '{version}'");
        var (exit, output) = await copy.EvaluateAsync("variants/prod-events");
        Assert.True(exit == 0, output);
        var settings = (await copy.EstateAsync("variants/prod-events")).Settings;
        var now = settings["Rekey__Departures__ClientState"];
        var before = settings.GetValueOrDefault("Rekey__Departures__PreviousClientState");
        Assert.Contains("Departures:PreviousClientState", Settings.Known);
        Assert.Equal(reference is null ? null : now.Replace("/secrets/graph-client-state)", reference, StringComparison.Ordinal), before);
    }

    /// <summary>The address of a chat is a secret like the one that signs: neither is a value of a setting.</summary>
    [Fact]
    public async Task The_app_starts_with_channels_whose_addresses_and_secrets_are_references()
    {
        using var copy = new InfraCopy();
        const string beside = "param alerts = {";
        await copy.ChangeAsync(
            "prod.bicepparam",
            beside,
            beside
                + " channels: [{ name: 'oncall', kind: 'Webhook', minimumSeverity: 'Critical' }, "
                + "{ name: 'team', kind: 'Teams', showNames: true }],"
        );
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.True(exit == 0, output);
        var settings = (await copy.EstateAsync("prod")).Settings;
        const string at = "Rekey__Notifications__Channels__";
        string[] secrets = [$"{at}0__Url", $"{at}0__SigningSecret", $"{at}1__Url"];
        Assert.All(secrets, s =>
            Assert.StartsWith("@Microsoft.KeyVault(SecretUri=https://kv-rkdocs-", settings[s], StringComparison.Ordinal)
        );
        Assert.EndsWith("/secrets/notify-oncall-url)", settings[secrets[0]], StringComparison.Ordinal);
        Assert.EndsWith("/secrets/notify-oncall-secret)", settings[secrets[1]], StringComparison.Ordinal);
        Assert.DoesNotContain($"{at}1__SigningSecret", settings.Keys);

        var given = Resolved(settings).ToDictionary(StringComparer.Ordinal);
        (given["Rekey:Notifications:Channels:0:Url"], given["Rekey:Notifications:Channels:1:Url"]) = (
            "https://a.example",
            "https://b.example"
        );
        given["Rekey:Notifications:Channels:0:SigningSecret"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        var channels = Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(given).Build()).Rekey.Notifications.Channels;
        Assert.Equal(["oncall Critical False", "team High True"], channels.Select(c => $"{c.Name} {c.MinimumSeverity} {c.ShowNames}"));
    }

    [Fact]
    public async Task A_channel_that_the_app_would_refuse_is_refused_before_anything_is_deployed()
    {
        using var copy = new InfraCopy();
        const string beside = "param alerts = {";
        await copy.ChangeAsync(
            "prod.bicepparam",
            beside,
            "param app = { settings: { Rekey__Notifications__Channels__3__Url: 'https://open.example' } }\n"
                + beside
                + " channels: [{ name: 'on call', kind: 'Slack' }, { name: 'A', kind: 'Teams' }, { name: 'a', kind: 'Slack' }],"
        );
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.NotEqual(0, exit);
        Assert.Contains("the name on call must be letters, digits and hyphens", output, StringComparison.Ordinal);
        Assert.Contains("alerts.channels: two have the same name", output, StringComparison.Ordinal);
        Assert.Contains("Rekey__Notifications__Channels__3__Url is not for", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_setting_would_be_seen()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("settings.bicep", "Rekey__Sweeps__Mode", "Rekey__Sweep__Mode");
        Assert.Equal(0, (await copy.EvaluateAsync("prod")).Exit);
        var given = (await copy.EstateAsync("prod")).Settings.Select(s =>
            KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), (string?)s.Value)
        );
        var refused = Assert.Throws<CannotContinueException>(() =>
            Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(given).Build())
        );
        Assert.Contains("Rekey:Sweep:Mode is not a setting", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_have_the_columns_of_the_views()
    {
        var estate = await PredictedEstate.OfAsync("prod");
        foreach (
            var (table, columns) in new[] { ("TokenIssuance_CL", LogViews.TokenIssuance), ("GatewayAccess_CL", LogViews.GatewayAccess) }
        )
        {
            // Rekey derives columns from what is logged, such as from the event's own time, which is a column of its own.
            var wanted = columns
                .Where(c => !c.IsDerived)
                .Select(c => $"{c.Name}:{(c.Type.Kql == "bool" ? "boolean" : c.Type.Kql)}")
                .Append("EventTime:datetime");
            var own = Assert.Single(estate.Of("Microsoft.OperationalInsights/workspaces/tables"), t => t.Name == table);
            Assert.Equal(wanted, Columns(own["properties.schema.columns"]!));
            var rule = Assert.Single(estate.Of("Microsoft.Insights/dataCollectionRules"), r =>
                r["properties.streamDeclarations"]!.AsObject().ContainsKey($"Custom-{table}")
            );
            Assert.Equal(wanted, Columns(rule["properties.streamDeclarations"]![$"Custom-{table}"]!["columns"]!));
        }

        static IEnumerable<string> Columns(System.Text.Json.Nodes.JsonNode columns) =>
            columns.AsArray().Select(c => $"{c!["name"]}:{c["type"]}");
    }

    [Fact]
    public async Task The_declaration_fits_into_a_setting()
    {
        // All variables of a process together have the room of one argument list on Linux; 32 KB leave it to the rest.
        foreach (var name in new[] { "dev", "prod", "variants/prod-access-policies", "variants/prod-events" })
        {
            Assert.InRange((await PredictedEstate.OfAsync(name)).Settings["Rekey__VaultAccess__Declaration"].Length, 1_000, 32_000);
        }
    }

    /// <summary>Settings as configuration has them, with secrets where the platform reads them from Key Vault.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> Resolved(IEnumerable<KeyValuePair<string, string>> settings) =>
        settings.Select(s =>
            KeyValuePair.Create(
                s.Key.Replace("__", ":", StringComparison.Ordinal),
                s.Value.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal) ? "a secret of the vault" : (string?)s.Value
            )
        );
}
