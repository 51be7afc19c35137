using Rekey.Azure.Hosting;
using Rekey.Azure.LogAnalytics;
using Rekey.Azure.Storage.Connections;
using Rekey.Configuration;
using Rekey.Core;
using Rekey.DuckDb.Folders;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Functions.Security;
using Rekey.Trust;

namespace Rekey.Functions.Hosting.Configuration;

/// <summary>The settings of the app. Reading them names every mistake at once, and the app does not start with any.</summary>
internal sealed record Settings(
    RekeyOptions Rekey,
    AzureOptions Azure,
    AuthOptions Auth,
    CallOptions Calls,
    FolderLogOptions? LogFolder,
    StorageConnection State,
    StorageConnection Evidence
)
{
    private static readonly SettingShape.Group Shape = SettingShape.Join(
        SettingShape.Of(typeof(RekeyOptions)),
        new Dictionary<string, SettingShape>(StringComparer.Ordinal)
        {
            ["Azure"] = SettingShape.Join(
                SettingShape.Without(SettingShape.Of(typeof(AzureOptions)), nameof(AzureOptions.LogAnalytics)),
                new Dictionary<string, SettingShape>(StringComparer.Ordinal)
                {
                    [nameof(AzureOptions.LogAnalytics)] = SettingShape.Without(
                        SettingShape.Of(typeof(LogAnalyticsOptions)),
                        nameof(LogAnalyticsOptions.SettleTime),
                        nameof(LogAnalyticsOptions.Overlap)
                    ),
                }
            ),
            ["Auth"] = SettingShape.Of(typeof(AuthOptions)),
            ["Calls"] = SettingShape.Of(typeof(CallOptions)),
            ["LogFolder"] = SettingShape.Without(SettingShape.Of(typeof(FolderLogOptions)), nameof(FolderLogOptions.SettleTime)),
        }
    );

    /// <summary>Lists every setting under <c>Rekey:</c> by path; the number of a list's entry is <c>n</c>.</summary>
    public static IEnumerable<string> Known => Shape.Paths();

    /// <exception cref="CannotContinueException">The settings have mistakes; the message has one a line.</exception>
    public static Settings Read(IConfiguration configuration)
    {
        // 1. Read. Unreadable values and unknown names are reported with the other mistakes.
        var section = configuration.GetSection("Rekey");
        var unreadable = SettingNames.Mistakes(section, Shape).ToList();
        var rekey = Bind<RekeyOptions>(section, unreadable);
        var azure = Bind<AzureOptions>(section.GetSection("Azure"), unreadable);
        var auth = Bind<AuthOptions>(section.GetSection("Auth"), unreadable);
        var calls = Bind<CallOptions>(section.GetSection("Calls"), unreadable);
        var folder = section.GetSection("LogFolder").Exists() ? Bind<FolderLogOptions>(section.GetSection("LogFolder"), unreadable) : null;
        var settings = new Settings(
            rekey ?? new(),
            azure ?? new(),
            auth ?? new(),
            calls ?? new(),
            folder,
            StorageConnection.Read(configuration, StorageConnection.State),
            StorageConnection.Read(configuration, StorageConnection.Evidence)
        );

        settings.SettleOnce();
        settings.Rekey.Notifications.AppAddress ??=
            configuration["WEBSITE_HOSTNAME"] is { Length: > 0 } host && Uri.TryCreate($"https://{host}", UriKind.Absolute, out var address)
                ? address
                : null;

        // 2. Check each setting, then their combinations.
        string[] mistakes =
        [
            .. unreadable,
            .. rekey?.Validate() ?? [],
            .. azure?.Validate().Select(m => $"Azure:{m}") ?? [],
            .. auth?.Validate() ?? [],
            .. folder?.Validate() ?? [],
            .. settings.Calls.Deadline <= settings.Rekey.Sweeps.TimeBudget
                ? ["Sweeps:TimeBudget must be shorter than Calls:Deadline: a batch that has begun must be able to end."]
                : Array.Empty<string>(),
            .. settings.State.Mistakes(tables: true),
            .. settings.Evidence.Mistakes(tables: false),
            .. azure is { DocumentKey: null }
                ? ["Azure:DocumentKeyVault and DocumentKeyName must name the key with which Rekey signs its trust list."]
                : Array.Empty<string>(),
            .. settings
                .Rekey.Keys.Where(k => azure is not null && k.VaultUri is { IsAbsoluteUri: true } uri && !settings.Azure.IsVault(uri))
                .Select(k => $"Keys:{k.Name}: {k.VaultUri} is not a vault of this cloud, and Rekey sends its tokens nowhere else."),
            .. settings.Azure.DocumentKey is { } own
            && settings.Rekey.Keys.Any(k => k.VaultUri is not null && new SigningKey(k.VaultUri, k.Name).Equals(own))
                ? ["Azure:DocumentKeyName: the key that signs the trust list must not be a token key."]
                : Array.Empty<string>(),
            .. settings.Rekey.VaultAccess.RemoverClientId is { Length: > 0 } remover
            && string.Equals(remover, settings.Azure.ManagedIdentityClientId, StringComparison.OrdinalIgnoreCase)
                ?
                [
                    "VaultAccess:RemoverClientId must not be the app's own identity: what watches must not be able to change what "
                        + "it watches.",
                ]
                : Array.Empty<string>(),
            .. settings.Rekey.Departures.CutOffClientId is { Length: > 0 } cutOff
            && new[] { settings.Azure.ManagedIdentityClientId, settings.Rekey.VaultAccess.RemoverClientId }.Contains(
                cutOff,
                StringComparer.OrdinalIgnoreCase
            )
                ? ["Departures:CutOffClientId must be an identity of its own: it may sign out every user, so it may do nothing else."]
                : Array.Empty<string>(),
            .. settings.Calls.Validate(settings.Azure.MaxThrottleWait).Select(m => $"Calls:{m}"),
        ];
        return mistakes.Length == 0 ? settings : throw Wrong(mistakes);
    }

    /// <summary>Copies the settle time from <c>Sweeps</c>: the log engine and the detection of gaps must use the same. The engines' own
    /// property is not a setting.</summary>
    private void SettleOnce()
    {
        (Azure.LogAnalytics.SettleTime, Azure.LogAnalytics.Overlap) = (Rekey.Sweeps.SettleTime, Rekey.Sweeps.Overlap);
        if (LogFolder is not null)
        {
            LogFolder.SettleTime = Rekey.Sweeps.SettleTime;
        }
    }

    private static CannotContinueException Wrong(IEnumerable<string> mistakes) =>
        new(
            "configuration-wrong",
            string.Join(Environment.NewLine, mistakes.Select(m => m.StartsWith("Rekey", StringComparison.Ordinal) ? m : $"Rekey:{m}")),
            "Correct these settings and start again."
        );

    private static T? Bind<T>(IConfigurationSection section, List<string> unreadable)
        where T : class, new()
    {
        try
        {
            return section.Get<T>() ?? new();
        }
        catch (InvalidOperationException e)
        {
            // Reported already as an unreadable value; other errors of the binder must not be lost.
            if (unreadable.Count == 0)
            {
                unreadable.Add(e.Message);
            }

            return null;
        }
    }
}
