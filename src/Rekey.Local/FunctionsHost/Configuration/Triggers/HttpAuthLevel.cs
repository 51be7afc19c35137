namespace Rekey.Local.FunctionsHost.Configuration.Triggers;

/// <summary>Which key a caller must show.</summary>
public enum HttpAuthLevel
{
    Anonymous,
    Function,
    Admin,
}
