namespace Rekey.Cli.Server;

/// <summary>How the command line signs in to Entra ID.</summary>
internal enum LoginKind
{
    /// <summary>As the person who signed in with <c>az login</c>.</summary>
    Az,

    /// <summary>As the managed identity of the machine; <c>AZURE_CLIENT_ID</c> names a user-assigned one.</summary>
    ManagedIdentity,

    /// <summary>By a code that the person enters in a browser on any device.</summary>
    DeviceCode,
}
