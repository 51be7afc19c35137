using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Rekey.Azure.Hosting;

/// <summary>Creates the credential of the app.</summary>
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

        // Use a managed or workload identity, a service principal from the environment, or a developer's CLI. Exclude interactive sign-ins,
        // and accounts that happen to be signed in to an editor.
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
