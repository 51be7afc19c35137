using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rekey.Azure.Hosting;
using Rekey.Core;
using Rekey.Functions.Hosting.Configuration;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Hosting;

/// <summary>Starts the app.</summary>
internal static class StartUp
{
    /// <summary>The exit code for wrong settings (EX_CONFIG of sysexits.h).</summary>
    public const int SettingsAreWrong = 78;

    /// <summary>Reads the settings and registers all services. Returns false, with every mistake on stderr, when the app cannot
    /// start.</summary>
    public static async Task<bool> AddRekeyAppAsync(this IHostApplicationBuilder builder)
    {
        Settings settings;
        try
        {
            settings = Settings.Read(builder.Configuration);
        }
        catch (CannotContinueException e)
        {
            await Console.Error.WriteLineAsync($"Rekey does not start. {e.Remedy}{Environment.NewLine}{e.Message}");
            return false;
        }

        builder.AddRekeyTelemetry();
        builder.Services.AddRekey(settings);
        builder.Services.AddRekeyAuthentication(settings.Auth, TrustedTransport.Handler(settings.Azure));
        builder.Services.AddSingleton(new FunctionAccess(typeof(StartUp).Assembly));
        builder.Services.AddSingleton<Problems>();
        builder.Services.AddProblemDetails(Problems.Customize);
        builder.Services.AddExceptionHandler<UnpairedRequests>();
        builder.Services.AddSingleton<IStartupFilter, AroundRequests>();
        builder.Services.AddHostedService<ParentWatch>();

        // The worker listens only on the loopback address that the host knows, not where settings under "Kestrel" say.
        builder.Services.PostConfigure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Configure(new ConfigurationBuilder().Build());
        });
        return true;
    }
}
