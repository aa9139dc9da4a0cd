import styles from "@patternfly/react-styles/css/components/Tabs/tabs";
import { NavLink } from "react-router";

/** The parts of a detail page as links: each has an address of its own, and Back works. */
export function TabLinks({ label, tabs }: { label: string; tabs: { to: string; text: string; end?: boolean }[] }) {
  return (
    <nav aria-label={label} className={`${styles.tabs} pf-m-page-insets roster-tabs`}>
      <ul className={styles.tabsList}>
        {tabs.map(({ to, text, end }) => (
          <li key={to} className={styles.tabsItem}>
            <NavLink to={to} end={end} className={styles.tabsLink}>
              <span className={styles.tabsItemText}>{text}</span>
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
