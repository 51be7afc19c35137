using Rekey.Azure.Hosting;
using Rekey.Azure.Storage;
using Rekey.Functions.Security;

namespace Rekey.Functions;

/// <summary>All settings of the app, read in one place. Every mistake is named at once, and none of them starts.</summary>
public sealed record Settings(RekeyOptions Rekey, AzureOptions Azure, AuthOptions Auth, HandlerOptions Handler, StorageConnection State, StorageConnection Evidence)
{
    /// <exception cref="CannotContinueException">With every mistake, one a line.</exception>
    public static Settings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Rekey");
        Settings settings;
        try
        {
            settings = new(
                section.Get<RekeyOptions>(Strict) ?? new(),
                section.GetSection("Azure").Get<AzureOptions>(Strict) ?? new(),
                section.GetSection("Auth").Get<AuthOptions>(Strict) ?? new(),
                section.GetSection("Handler").Get<HandlerOptions>(Strict) ?? new(),
                StorageConnection.Read(configuration, StorageConnection.State),
                StorageConnection.Read(configuration, StorageConnection.Evidence));
        }
        catch (InvalidOperationException e)
        {
            throw Wrong([e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message]);
        }

        string[] mistakes =
        [
            .. settings.Rekey.Validate(),
            .. settings.Azure.Validate().Select(m => $"Azure:{m}"),
            .. settings.Auth.Validate(),
            .. settings.State.Mistakes(tablesAndQueues: true),
            .. settings.Evidence.Mistakes(tablesAndQueues: false),
            .. settings.Azure.DocumentKey is null ? ["Azure:DocumentKeyVault and DocumentKeyName must name the key with which Rekey signs its trust list."] : Array.Empty<string>(),
            .. settings.Rekey.Keys.Where(k => k.VaultUri is { IsAbsoluteUri: true } uri && !settings.Azure.IsVault(uri))
                .Select(k => $"Keys:{k.Name}: {k.VaultUri} is no vault of this cloud: no token of ours goes there."),
            .. settings.Azure.DocumentKey is { } own && settings.Rekey.Keys.Any(k => k.VaultUri is not null && new Trust.SigningKey(k.VaultUri, k.Name).Equals(own))
                ? ["Azure:DocumentKeyName: the key that signs the trust list must not be a token key."] : Array.Empty<string>(),
            .. settings.Handler.Deadline <= TimeSpan.Zero || settings.Handler.Deadline >= TimeSpan.FromMinutes(5)
                ? ["Handler:Deadline must be below host.json's functionTimeout of five minutes."] : Array.Empty<string>(),
        ];
        return mistakes.Length == 0 ? settings : throw Wrong(mistakes);
    }

    private static CannotContinueException Wrong(IEnumerable<string> mistakes) =>
        new("configuration-wrong", string.Join(Environment.NewLine, mistakes.Select(m => m.StartsWith("Rekey", StringComparison.Ordinal) ? m : $"Rekey:{m}")), "Correct these settings and start again.");

    private static void Strict(BinderOptions options) => options.ErrorOnUnknownConfiguration = false;
}
