using Rekey.Azure.Hosting;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions;

/// <summary>What both heads start with.</summary>
public static class StartUp
{
    /// <summary>The exit code when settings are wrong (EX_CONFIG of sysexits.h).</summary>
    public const int SettingsAreWrong = 78;

    /// <summary>Reads the settings and puts the app together. Null, with every mistake on stderr, when it cannot start.</summary>
    public static async Task<Settings?> AddRekeyAppAsync(this IHostApplicationBuilder builder)
    {
        Settings settings;
        try
        {
            settings = Settings.Read(builder.Configuration);
        }
        catch (CannotContinueException e)
        {
            await Console.Error.WriteLineAsync($"Rekey does not start. {e.Remedy}{Environment.NewLine}{e.Message}");
            return null;
        }

        builder.AddRekeyTelemetry();
        builder.Services.AddRekeyApp(settings);
        builder.Services.AddHostedService<ParentWatch>();
        return settings;
    }

    /// <summary>Everything that answers, without what watches the process.</summary>
    public static void AddRekeyApp(this IServiceCollection services, Settings settings)
    {
        services.AddRekey(settings);
        services.AddRekeyAuthentication(settings.Auth, TrustedTransport.Handler(settings.Azure.TrustedCaFile));
        services.AddProblemDetails(Problems.Customize);
        services.AddExceptionHandler<Problems>();
    }
}
