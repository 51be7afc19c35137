namespace Rekey.Azure.Hosting;

/// <summary>The Azure cloud that everything lives in.</summary>
public enum AzureCloud
{
    Public,
    UsGovernment,
    China,
}
