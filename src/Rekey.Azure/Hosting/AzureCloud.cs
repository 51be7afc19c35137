namespace Rekey.Azure.Hosting;

/// <summary>The Azure clouds.</summary>
public enum AzureCloud
{
    Public,
    UsGovernment,
    China,
}
