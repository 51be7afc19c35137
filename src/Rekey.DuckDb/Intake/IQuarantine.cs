namespace Rekey.DuckDb.Intake;

/// <summary>Stores bad lines, so that a person can fix them and submit them again.</summary>
public interface IQuarantine
{
    /// <summary>Stores the bad lines of one file version. If the same version comes again, it is stored once.</summary>
    void Keep(string file, string version, IEnumerable<BadInput> bad);
}
