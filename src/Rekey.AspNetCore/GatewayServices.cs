using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rekey.AspNetCore.AccessLogs;
using Rekey.AspNetCore.Documents;
using Rekey.AspNetCore.Monitoring;
using Rekey.AspNetCore.Tokens;

namespace Rekey.AspNetCore;

/// <summary>Adds Rekey's decision about tokens to an ASP.NET Core application.</summary>
public static class GatewayServices
{
    /// <summary>The name of the health check.</summary>
    public const string HealthCheck = "rekey";

    /// <summary>
    /// Adds the JWT bearer scheme <c>Bearer</c>, as the default one, which accepts the tokens that Rekey's lists accept and no others.
    /// It needs no authority, no audience and no keys: the trust list names them.
    /// </summary>
    /// <param name="section">The settings, such as <c>builder.Configuration.GetSection("Rekey")</c>.</param>
    /// <param name="configure">Settings that are code, such as <see cref="PullOptions.Authorize"/>.</param>
    public static AuthenticationBuilder AddRekeyGateway(
        this IServiceCollection services,
        IConfiguration section,
        Action<GatewayOptions>? configure = null
    ) => services.AddRekeyGateway(options => section.Bind(options), configure);

    /// <inheritdoc cref="AddRekeyGateway(IServiceCollection, IConfiguration, Action{GatewayOptions})"/>
    /// <param name="configure">The settings.</param>
    public static AuthenticationBuilder AddRekeyGateway(this IServiceCollection services, Action<GatewayOptions> configure) =>
        services.AddRekeyGateway(configure, also: null);

    private static AuthenticationBuilder AddRekeyGateway(
        this IServiceCollection services,
        Action<GatewayOptions> configure,
        Action<GatewayOptions>? also
    )
    {
        if (services.Any(s => s.ServiceType == typeof(RekeyGateway)))
        {
            throw new InvalidOperationException("AddRekeyGateway was called twice. One application has one gateway.");
        }

        var options = services.AddOptions<GatewayOptions>().Configure(configure).ValidateOnStart();
        if (also is not null)
        {
            options.Configure(also);
        }

        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsRules>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<GatewayOptions>>().Value);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<GatewayDocuments>();
        services.AddSingleton<GatewayLog>();
        services.AddSingleton<GatewayTokenHandler>();
        services.AddSingleton(provider => new RekeyGateway(provider.GetRequiredService<GatewayDocuments>()));

        // The log starts before the first request and stops after the last one.
        services.AddHostedService(provider => provider.GetRequiredService<GatewayLog>());
        services.AddSingleton<IHostedService>(provider => new PullTimer(
            provider.GetRequiredService<GatewayDocuments>(),
            provider.GetRequiredService<GatewayOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PullTimer>>()
        ));
        services.AddHealthChecks().AddCheck<GatewayHealth>(HealthCheck);
        var builder = services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, ConfigureBearer>();
        return builder;
    }
}
