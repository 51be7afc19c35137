using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Rekey.Azure.Hosting;

/// <summary>The app's identity.</summary>
internal static class Credentials
{
    /// <param name="clientId">A user-assigned identity; null for the app's own.</param>
    public static TokenCredential Create(AzureOptions options, string? clientId, HttpPipelineTransport? transport)
    {
        if (clientId is not null)
        {
            var managed = new ManagedIdentityCredentialOptions(ManagedIdentityId.FromUserAssignedClientId(clientId))
            {
                AuthorityHost = options.Authority,
            };
            return new ManagedIdentityCredential(Over(managed, transport));
        }

        // The managed or workload identity where there is one, a service principal from the environment, and a developer's CLI. Nothing
        // that opens a window, and nothing that takes whoever happens to be signed in to an editor.
        return new DefaultAzureCredential(
            Over(
                new DefaultAzureCredentialOptions
                {
                    AuthorityHost = options.Authority,
                    ExcludeInteractiveBrowserCredential = true,
                    ExcludeVisualStudioCredential = true,
                    ExcludeVisualStudioCodeCredential = true,
                    ExcludeAzurePowerShellCredential = true,
                    ExcludeBrokerCredential = true,
                },
                transport
            )
        );
    }

    private static TOptions Over<TOptions>(TOptions options, HttpPipelineTransport? transport)
        where TOptions : TokenCredentialOptions
    {
        if (transport is not null)
        {
            options.Transport = transport;
        }

        return options;
    }
}
