using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rekey.AspNetCore.Documents;
using Rekey.AspNetCore.Issuer.Journals;
using Rekey.AspNetCore.Issuer.Keys;
using Rekey.AspNetCore.Issuer.Monitoring;

namespace Rekey.AspNetCore.Issuer;

/// <summary>Adds Rekey's signing to an issuer.</summary>
public static class IssuerServices
{
    /// <summary>The name of the health check.</summary>
    public const string HealthCheck = "rekey-issuer";

    /// <summary>
    /// Adds <see cref="RekeyIssuer"/>, which signs in Key Vault with the version that the trust list names, and records each token before
    /// it is signed.
    /// </summary>
    /// <param name="section">The settings, such as <c>builder.Configuration.GetSection("Rekey")</c>.</param>
    /// <param name="configure">Settings that are code, such as <see cref="IssuerOptions.Credential"/>.</param>
    public static IServiceCollection AddRekeyIssuer(
        this IServiceCollection services,
        IConfiguration section,
        Action<IssuerOptions>? configure = null
    ) =>
        services.AddRekeyIssuer(options =>
        {
            section.Bind(options);
            configure?.Invoke(options);
        });

    /// <inheritdoc cref="AddRekeyIssuer(IServiceCollection, IConfiguration, Action{IssuerOptions})"/>
    /// <param name="configure">The settings.</param>
    public static IServiceCollection AddRekeyIssuer(this IServiceCollection services, Action<IssuerOptions> configure)
    {
        if (services.Any(s => s.ServiceType == typeof(RekeyIssuer)))
        {
            throw new InvalidOperationException("AddRekeyIssuer was called twice. One application signs for one issuer.");
        }

        services.AddOptions<IssuerOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<IssuerOptions>, IssuerOptionsRules>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<IssuerOptions>>().Value);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<IssuerMetrics>();
        services.AddSingleton<IssuerTrust>();
        services.AddSingleton(provider => new VaultSigner(
            provider.GetRequiredService<IssuerOptions>(),
            Credential(provider),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(provider => new JournalSender(
            provider.GetRequiredService<IssuerOptions>(),
            Credential(provider),
            provider.GetRequiredService<IssuerMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JournalSender>>()
        ));
        services.AddSingleton<IssuanceJournal>();
        services.AddSingleton(provider => new RekeyIssuer(
            provider.GetRequiredService<IssuerTrust>(),
            provider.GetRequiredService<IssuanceJournal>(),
            provider.GetRequiredService<VaultSigner>(),
            provider.GetRequiredService<IssuerOptions>(),
            provider.GetRequiredService<IssuerMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RekeyIssuer>>()
        ));

        // The journal is open before the first request and closes after the last one.
        services.AddHostedService(provider => provider.GetRequiredService<IssuanceJournal>());
        services.AddHostedService(provider => provider.GetRequiredService<JournalSender>());
        services.AddSingleton<IHostedService>(provider => new PullTimer(
            provider.GetRequiredService<IssuerTrust>(),
            provider.GetRequiredService<IssuerOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PullTimer>>()
        ));
        services.AddHealthChecks().AddCheck<IssuerHealth>(HealthCheck);
        return services;
    }

    private static TokenCredential Credential(IServiceProvider provider) =>
        provider.GetRequiredService<IssuerOptions>().Credential ?? Shared.Value;

    /// <summary>One credential keeps one cache of tokens.</summary>
    private static readonly Lazy<TokenCredential> Shared = new(() => new DefaultAzureCredential());
}
